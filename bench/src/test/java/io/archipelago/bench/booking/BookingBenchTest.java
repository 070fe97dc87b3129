package io.archipelago.bench.booking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class BookingBenchTest {

    private static final List<Row> ROWS = List.of(
            new Row(1_000, List.of(2.0, 3.0, 0.5, 1.0, 10.0)),
            new Row(1_000_000, List.of(5.0, 6.0, 2.0, 3.0, 9_000.0)));

    @Test
    void poolsGrowByTens() {
        assertThat(BookingBench.sizes(1_000_000)).containsExactly(1_000, 10_000, 100_000, 1_000_000);
        assertThat(BookingBench.sizes(9_999)).containsExactly(1_000);
    }

    @Test
    void aRowIsComparedWithTheSweepAndWithTheFirstRow() {
        List<String> lines = BookingBench.lines(ROWS);

        assertThat(lines.get(1).strip().split(" +"))
                .containsExactly("1,000", "2.00", "3.00", "0.50", "1.00", "10.0", "20.0", "1.00", "1.00");
        assertThat(lines.get(2).strip().split(" +"))
                .containsExactly("1,000,000", "5.00", "6.00", "2.00", "3.00", "9000.0", "4500.0", "2.50", "2.00");
    }

    @Test
    void thePictureHasACurveForEachAndTheLogarithm() throws Exception {
        String svg = Curves.svg(ROWS);

        Document picture =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertThat(picture.getElementsByTagName("polyline").getLength()).isEqualTo(5);
        assertThat(svg).doesNotContain("NaN", "null").contains("1,000,000", "is it free");
    }
}
