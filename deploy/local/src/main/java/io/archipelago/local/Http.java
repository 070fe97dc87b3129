package io.archipelago.local;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Just enough of a client to ask a server how it is; the JDK's full client costs some ten megabytes. */
final class Http {

    static final int NO_ANSWER = -1;

    private static final int CONNECT_MILLIS = 500;
    private static final int READ_MILLIS = 5_000;

    private Http() {}

    static int status(URI address) {
        try {
            HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            connection.setInstanceFollowRedirects(false);
            try {
                return connection.getResponseCode();
            } finally {
                connection.disconnect();
            }
        } catch (IOException noAnswer) {
            return NO_ANSWER;
        }
    }
}
