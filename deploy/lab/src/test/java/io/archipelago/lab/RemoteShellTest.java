package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RemoteShellTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void argumentsAreSentAsTheyAre() {
        byte[] request = RemoteShell.request("sesame", "run", List.of("echo", "a  'b'\n\"$c\"", ""));

        assertThat(new String(request, StandardCharsets.UTF_8)).isEqualTo("sesame\nrun\n3\necho\0a  'b'\n\"$c\"\0\0");
    }

    @Test
    void anArgumentCanNotEndBeforeItsEnd() {
        assertThatThrownBy(() -> RemoteShell.request("sesame", "run", List.of("a\0b")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bothOutputsAndTheCodeComeBackApart() throws IOException {
        Result result = RemoteShell.read(stream("7 6 4\nfünf\nerr\n"));

        assertThat(result).isEqualTo(new Result(7, "fünf\n", "err\n"));
    }

    @Test
    void anAnswerThatBreaksOffIsNone() {
        assertThatThrownBy(() -> RemoteShell.read(stream("0 6 0\nabc"))).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> RemoteShell.read(stream("0 6"))).isInstanceOf(EOFException.class);
    }

    @Test
    void whatIsFollowedEndsWithTheCode() throws IOException {
        int code = RemoteShell.pass(inPieces("one\n", "two", "\n\0", "04", "2"), out);

        assertThat(code).isEqualTo(42);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\n");
    }

    @Test
    void whoSaysNothingHasACodeToo() throws IOException {
        assertThat(RemoteShell.pass(stream("\0" + "000"), out)).isZero();
        assertThat(out.size()).isZero();
    }

    @Test
    void whatIsFollowedAndBreaksOffIsPassedOnFirst() {
        assertThatThrownBy(() -> RemoteShell.pass(inPieces("one\n", "two\n"), out))
                .isInstanceOf(EOFException.class);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\n");
    }

    private static InputStream inPieces(String... pieces) {
        return new SequenceInputStream(Collections.enumeration(
                Stream.of(pieces).map(RemoteShellTest::stream).toList()));
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
