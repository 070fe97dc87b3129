package io.archipelago.reservation.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.protocol.Part;
import io.archipelago.contracts.MessageTypes;
import io.archipelago.testkit.MarkdownTable;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentsTest {

    @Test
    void listEveryMessageOnce() {
        List<String> types =
                MessageTypes.names().stream().map(name -> "`" + name + "`").toList();

        MarkdownTable table = MarkdownTable.under("## Every message", "messages.md");

        assertThat(table.rows().keySet()).containsExactlyInAnyOrderElementsOf(types);
        assertThat(table.columns()).containsExactly("sender", "receiver", "topic", "key");
        assertThat(table.rows().values())
                .allSatisfy(cells -> assertThat(cells).hasSize(4).noneMatch(String::isBlank));
    }

    @ParameterizedTest
    @ValueSource(strings = {"messages.md", "deadlines.md"})
    void nameEveryState(String document) {
        List<String> states = Stream.of(Part.class, Allocation.class, Reservation.class)
                .flatMap(DomainFixture::leaves)
                .map(Class::getSimpleName)
                .distinct()
                .toList();

        assertThat(states)
                .hasSizeGreaterThan(10)
                .allSatisfy(
                        state -> assertThat(MarkdownTable.document(document)).contains("| " + state));
    }
}
