package io.archipelago.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BitRateTest {

    @ParameterizedTest
    @CsvSource({
        "0kbit/s,0",
        "1kbit/s,1000",
        "100Mbit/s,100000000",
        "1Gbit/s,1000000000",
        "999999999Gbit/s,999999999000000000"
    })
    void isReadAndWrittenAlike(String text, long bits) {
        assertThat(BitRate.parse(text)).hasValue(bits);
        assertThat(BitRate.written(bits)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "100",
                "100Mbit",
                "100 Mbit/s",
                "-1Mbit/s",
                "1.5Gbit/s",
                "100MBit/s",
                "1Tbit/s",
                "1000000000Gbit/s",
                "1000Kbit/s"
            })
    void nothingElseIsRead(String text) {
        assertThat(BitRate.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1000000000,1Gbit/s", "1500000000,1500Mbit/s", "1234,1kbit/s", "999,0kbit/s"})
    void isWrittenInTheLargestUnitThatItIsAWholeNumberOf(long bits, String text) {
        assertThat(BitRate.written(bits)).isEqualTo(text);
    }
}
