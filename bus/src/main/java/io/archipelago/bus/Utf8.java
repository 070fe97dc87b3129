package io.archipelago.bus;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Text by the bytes that it takes on the wire. */
final class Utf8 {

    private Utf8() {}

    /** As much of a text, from its beginning, as takes at most so many bytes, with no character in halves. */
    static String cut(String text, int maxBytes) {
        CharBuffer left = CharBuffer.wrap(text);
        var ignored = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(left, ByteBuffer.allocate(maxBytes), true);
        return left.hasRemaining() ? text.substring(0, left.position()) : text;
    }
}
