package io.archipelago.bench.booking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class BookingBenchTest {

    private static final Map<Integer, Map<String, Double>> MICROS = new TreeMap<>(Map.of(
            1_000, Map.of("book", 2.0, "giveBack", 3.0, "ask", 0.5, "earliest", 1.0, "sweep", 10.0),
            1_000_000, Map.of("book", 5.0, "giveBack", 6.0, "ask", 2.0, "earliest", 3.0, "sweep", 9_000.0)));

    @Test
    void poolsGrowByTens() {
        assertThat(BookingBench.sizes(1_000_000)).containsExactly(1_000, 10_000, 100_000, 1_000_000);
        assertThat(BookingBench.sizes(9_999)).containsExactly(1_000);
    }

    @Test
    void aRowIsComparedWithTheSweepAndWithTheFirstRow() {
        List<String> lines = BookingBench.lines(MICROS);

        assertThat(lines.get(1).strip().split(" +"))
                .containsExactly("1,000", "2.00", "3.00", "0.50", "1.00", "10.0", "20.0", "1.00", "1.00");
        assertThat(lines.get(2).strip().split(" +"))
                .containsExactly("1,000,000", "5.00", "6.00", "2.00", "3.00", "9000.0", "4500.0", "2.50", "2.00");
    }

    @Test
    void thePictureHasACurveForEachAndTheLogarithm() throws Exception {
        String svg = Curves.svg(MICROS, List.of("book", "ask"));

        Document picture =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertThat(picture.getElementsByTagName("polyline").getLength()).isEqualTo(3);
        assertThat(svg).doesNotContain("NaN", "null").contains("1,000,000", "is it free");
    }
}
