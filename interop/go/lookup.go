// Looks up one row, one missing id and a batch. Argument: HOST:PORT.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"loadonce.io/loadonce/v1"
)

// lookup prints a row, the reason why another is missing, and a batch of both.
func lookup(ctx context.Context, client loadoncev1.ResourceServiceClient) error {
	found, err := client.Get(ctx, &loadoncev1.GetRequest{Lookup: "default", Id: "2988507"})
	if err != nil {
		return err
	}
	fmt.Println("Get:", name(found.GetResource()))

	_, err = client.Get(ctx, &loadoncev1.GetRequest{Id: "1"})
	fmt.Println("Get:", reason(status.Convert(err)))

	batch, err := client.BatchGet(ctx, &loadoncev1.BatchGetRequest{Ids: []string{"2988507", "1"}})
	for _, result := range batch.GetResults() {
		if row := result.GetResource(); row != nil {
			fmt.Println("BatchGet:", name(row))
		} else {
			fmt.Println("BatchGet:", reason(status.FromProto(result.GetStatus())))
		}
	}
	return err
}

func main() {
	connection, err := grpc.Dial(os.Args[1], grpc.WithInsecure())
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := lookup(ctx, loadoncev1.NewResourceServiceClient(connection)); err != nil {
		log.Fatal(err)
	}
}
