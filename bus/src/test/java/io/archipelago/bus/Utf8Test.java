package io.archipelago.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8Test {

    @ParameterizedTest
    @CsvSource({
        "'', 3, ''",
        "abc, 3, abc",
        "abcd, 3, abc",
        "a\uFFFDb, 3, a",
        "a\uFFFDb, 4, a\uFFFD",
        "\uD83C\uDFDDx, 3, ''",
        "\uD83C\uDFDDx, 4, \uD83C\uDFDD"
    })
    void cutsBetweenCharacters(String text, int maxBytes, String cut) {
        assertThat(Utf8.cut(text, maxBytes)).isEqualTo(cut);
        assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(maxBytes);
    }
}
