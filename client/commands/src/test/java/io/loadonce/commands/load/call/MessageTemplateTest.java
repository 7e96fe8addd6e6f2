package io.loadonce.commands.load.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat.TypeRegistry;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageTemplateTest {

  private static final String HARMFUL = "a\"}, {{sequence}} \\u0041\n";

  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder().add(ErrorInfo.getDescriptor()).build();

  @Test
  void of_templatesInAllKindsOfFields_reachTheMessage() throws Exception {
    GetRequest get =
        GetRequest.parseFrom(
            bytes(
                """
                {"lookup": "a{{id}}b{{id}}", "id": "x", "key": ["{{id}}", "k"],
                 "min_version": "{{sequence}}", "maxAge": "{{random:3..9}}s"}
                """,
                GetRequest.getDescriptor(),
                "7"));

    assertThat(get)
        .isEqualTo(
            GetRequest.newBuilder()
                .setLookup("a7b7")
                .setId("x")
                .addKey("7")
                .addKey("k")
                .setMinVersion(5)
                .setMaxAge(Durations.fromSeconds(9))
                .build());
    assertThat(
            BatchGetRequest.parseFrom(
                    bytes(
                        "{\"keys\": [{\"id\": \"{{ id }}\"}]}",
                        BatchGetRequest.getDescriptor(),
                        "7"))
                .getKeys(0)
                .getId())
        .isEqualTo("7");
    assertThat(
            ErrorInfo.parseFrom(
                    bytes(
                        "{\"metadata\": {\"k{{id}}\": \"{{sequence}}\"}}",
                        ErrorInfo.getDescriptor(),
                        "7"))
                .getMetadataMap())
        .isEqualTo(Map.of("k7", "5"));
    assertThat(StringValue.parseFrom(bytes("\"{{id}}\"", StringValue.getDescriptor(), "7")))
        .isEqualTo(StringValue.of("7"));
    String any =
        "{\"details\": [{\"@type\": \"type.googleapis.com/google.rpc.ErrorInfo\", \"reason\":"
            + " \"{{id}}\"}]}";
    assertThat(
            Status.parseFrom(bytes(any, Status.getDescriptor(), "7"))
                .getDetails(0)
                .unpack(ErrorInfo.class)
                .getReason())
        .isEqualTo("7");
  }

  @Test
  void of_idThatLooksLikeJson_isOnlyText() throws Exception {
    GetRequest get =
        GetRequest.parseFrom(
            bytes(
                "{\"id\": \"{{id}}\", \"key\": [\"{{id}}\"]}",
                GetRequest.getDescriptor(),
                HARMFUL));

    assertThat(get).isEqualTo(GetRequest.newBuilder().setId(HARMFUL).addKey(HARMFUL).build());
  }

  @Test
  void of_noTemplate_isTheSameMessageEachTime() {
    MessageTemplate template = new MessageTemplate("{}", GetRequest.getDescriptor(), TYPES);

    assertThat(template.usesId()).isFalse();
    assertThat(template.of("1", 1, (low, _) -> low)).isSameAs(template.of("2", 2, (low, _) -> low));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"id": "{{ids}}"}                      | --data, line 1, column 9: there is no template {{ids}}; there is {{id}}, {{sequence}}, {{random}} and {{random:1..100}}
          `{\n "id": "a{{id"}`                   | --data, line 2, column 10: the template does not end with }}
          {"id": "{{random:2..1}}"}              | --data, line 1, column 9: {{random:2..1}} must go up
          {"id": "{{random:1..x}}"}              | --data, line 1, column 9: there is no template {{random:1..x}}
          {"minVersion": {{sequence}}}           | --data is not JSON, at line 1 column 18; a template stands in quotes, as in "{{sequence}}"
          {"id": "a"                             | --data is not JSON, at line 1 column 11
          {"id": "a"} b                          | --data is not JSON, at line 1 column 14
          []                                     | --data is not a JSON object, such as {"id": …}
          {"id": "a", "key": [], "id": "b"}      | --data names id twice; write it once
          {"idd": "a"}                           | --data: loadonce.v1.GetRequest has no field idd; it has id, key, lookup, maxAge, minVersion
          {"minVersion": "{{id}}"}               | --data does not fit loadonce.v1.GetRequest: Not an int64 value: "a"
          {"minVersion": "9{{random:1..999999999999999999}}"} | --data does not fit loadonce.v1.GetRequest: Not an int64 value
          {"maxAge": "{{sequence}}"}             | --data does not fit loadonce.v1.GetRequest:
          """)
  void requireFits_dataAreWrong_saysSo(String data, String said) {
    assertThatThrownBy(
            () ->
                new MessageTemplate(data.replace("\\n", "\n"), GetRequest.getDescriptor(), TYPES)
                    .requireFits(List.of("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(said);
  }

  @Test
  void requireFits_fieldsExcludeEachOther_saysSo() {
    String both = "{\"fileByFilename\": \"a\", \"fileContainingSymbol\": \"{{id}}\"}";

    assertThatThrownBy(
            () ->
                new MessageTemplate(both, ServerReflectionRequest.getDescriptor(), TYPES)
                    .requireFits(List.of("a")))
        .hasMessageContaining("same oneof");
    assertThatThrownBy(
            () ->
                new MessageTemplate(
                    "{\"keys\": [{\"idd\": 1}]}", BatchGetRequest.getDescriptor(), TYPES))
        .hasMessageStartingWith("--data: loadonce.v1.Key has no field idd; it has ");
    assertThatThrownBy(
            () ->
                new MessageTemplate(
                    "{\"keys\": [{\"id\": \"1\"}, {\"id\": \"2\", \"id\": \"3\"}]}",
                    BatchGetRequest.getDescriptor(),
                    TYPES))
        .hasMessage("--data names keys[1].id twice; write it once");
  }

  @Test
  void requireFits_oneIdOfManyIsWrong_saysSo() {
    MessageTemplate template =
        new MessageTemplate("{\"minVersion\": \"{{id}}\"}", GetRequest.getDescriptor(), TYPES);

    template.requireFits(List.of("1", "3"));
    assertThatThrownBy(() -> template.requireFits(List.of("1", "two", "3")))
        .hasMessageContaining("Not an int64 value: \"two\"");
  }

  private static byte[] bytes(String data, Descriptor type, String id)
      throws InvalidProtocolBufferException {
    MessageTemplate template = new MessageTemplate(data, type, TYPES);
    template.requireFits(List.of("1"));
    return template.of(id, 5, (_, high) -> high).toByteArray();
  }
}
