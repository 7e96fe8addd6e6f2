// Makes the calls of expected.txt and prints what came back.
//
// Arguments: the addresses of an instance, of one to stop and of one with TLS and tokens; the process id
// of the one to stop; the files of the certificate, of the token and of the service config.
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
	"google.golang.org/grpc/status"
	"loadonce.io/loadonce/v1"
)

var paris = &loadoncev1.GetRequest{Lookup: "default", Id: "2988507"}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func read(file string) string {
	bytes, err := os.ReadFile(file)
	check(err)
	return strings.TrimSpace(string(bytes))
}

func dial(target string, options ...grpc.DialOption) (loadoncev1.ResourceServiceClient, *grpc.ClientConn) {
	connection, err := grpc.Dial(target, options...)
	check(err)
	return loadoncev1.NewResourceServiceClient(connection), connection
}

func slow(millis int) *loadoncev1.GetRequest {
	return &loadoncev1.GetRequest{Lookup: "slow", Id: strconv.Itoa(millis)}
}

func failure(err error) string {
	failed := status.Convert(err)
	// The names of codes that the contract uses: DeadlineExceeded is DEADLINE_EXCEEDED.
	var words strings.Builder
	for i, letter := range failed.Code().String() {
		if i > 0 && letter >= 'A' && letter <= 'Z' {
			words.WriteByte('_')
		}
		words.WriteRune(letter)
	}
	text := strings.ToUpper(words.String())
	if text == "CANCELED" {
		text = "CANCELLED"
	}
	if why := reason(failed); why != "" {
		text += " " + why
	}
	for _, detail := range failed.Details() {
		if _, ok := detail.(*errdetails.RetryInfo); ok {
			text += " RetryInfo"
		}
	}
	return text
}

func get(ctx context.Context, client loadoncev1.ResourceServiceClient, request *loadoncev1.GetRequest) string {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	found, err := client.Get(ctx, request)
	if err != nil {
		return failure(err)
	}
	return name(found.GetResource())
}

// together makes the same call several times at once.
func together(client loadoncev1.ResourceServiceClient, request *loadoncev1.GetRequest, count int) []string {
	outcomes := make([]string, count)
	var all sync.WaitGroup
	for i := range outcomes {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			outcomes[i] = get(context.Background(), client, request)
		}(i)
	}
	all.Wait()
	return outcomes
}

func batch(ctx context.Context, client loadoncev1.ResourceServiceClient) string {
	reply, err := client.BatchGet(ctx, &loadoncev1.BatchGetRequest{Ids: []string{"2988507", "1"}})
	check(err)
	var results []string
	for _, result := range reply.GetResults() {
		if row := result.GetResource(); row != nil {
			results = append(results, name(row))
		} else {
			results = append(results, reason(status.FromProto(result.GetStatus())))
		}
	}
	return strings.Join(results, ", ")
}

func deadline(ctx context.Context, client loadoncev1.ResourceServiceClient) string {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	code := strings.Fields(get(ctx, client, slow(9000)))[0]
	if time.Since(began) < 5*time.Second {
		return code + ", in time"
	}
	return code + ", late"
}

func cancel(ctx context.Context, client loadoncev1.ResourceServiceClient) string {
	slowly, stop := context.WithCancel(ctx)
	outcome := make(chan string)
	go func() { outcome <- get(slowly, client, slow(9000)) }()
	get(ctx, client, paris)
	stop()
	return <-outcome + ", then " + get(ctx, client, paris)
}

func details(client loadoncev1.ResourceServiceClient) string {
	outcomes := together(client, slow(1000), 2)
	sort.Sort(sort.Reverse(sort.StringSlice(outcomes)))
	return strings.Join(outcomes, ", ")
}

func overTLS(ctx context.Context, target string, trust credentials.TransportCredentials) string {
	client, connection := dial(target, grpc.WithTransportCredentials(trust))
	defer connection.Close()
	return get(ctx, client, paris)
}

// drain stops one of two instances under calls.
func drain(staying, going string, pid int, config string) string {
	instances := manual.NewBuilderWithScheme("instances")
	instances.InitialState(resolver.State{Addresses: []resolver.Address{{Addr: staying}, {Addr: going}}})
	client, connection := dial("instances:///", grpc.WithInsecure(), grpc.WithResolvers(instances),
		grpc.WithDefaultServiceConfig(config))
	defer connection.Close()
	answers := map[string]bool{}
	calls := func(count int) []string {
		last := together(client, &loadoncev1.GetRequest{Lookup: "instance", Id: "1"}, count)
		for _, answer := range last {
			answers[answer] = true
		}
		return last
	}
	for !answers["staying"] || !answers["going"] {
		calls(1)
	}
	check(syscall.Kill(pid, syscall.SIGTERM))
	for syscall.Kill(pid, 0) == nil {
		calls(16)
	}
	failed := "no call failed"
	last := "staying"
	for _, answer := range calls(16) {
		if answer != "staying" {
			last = answer
		}
	}
	for answer := range answers {
		if answer != "staying" && answer != "going" {
			failed = answer
		}
	}
	return failed + ", then " + last
}

func main() {
	staying, going, secure := os.Args[1], os.Args[2], os.Args[3]
	pid, err := strconv.Atoi(os.Args[4])
	check(err)
	certificate, token, config := os.Args[5], read(os.Args[6]), read(os.Args[7])

	ctx := context.Background()
	client, connection := dial(staying, grpc.WithInsecure())
	defer connection.Close()
	fmt.Println("found:", get(ctx, client, paris))
	fmt.Println("missing:", get(ctx, client, &loadoncev1.GetRequest{Lookup: "default", Id: "1"}))
	fmt.Println("bad id:", get(ctx, client, &loadoncev1.GetRequest{Lookup: "default", Id: "Paris"}))
	fmt.Println("batch:", batch(ctx, client))
	fmt.Println("deadline:", deadline(ctx, client))
	fmt.Println("cancel:", cancel(ctx, client))
	fmt.Println("details:", details(client))

	trusted, err := credentials.NewClientTLSFromFile(certificate, "")
	check(err)
	known := metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	found := overTLS(known, secure, trusted)
	untrusted := overTLS(known, secure, credentials.NewTLS(&tls.Config{}))
	fmt.Printf("TLS: %s, without trust %s\n", found, untrusted)
	fmt.Printf("token: %s, without token %s\n", found, overTLS(ctx, secure, trusted))
	fmt.Println("drain:", drain(staying, going, pid, config))
}
