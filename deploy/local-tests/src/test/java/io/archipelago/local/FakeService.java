package io.archipelago.local;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stands for a service or agent: it is ready as soon as it runs, unless a file in its directory says otherwise. */
public final class FakeService {

    static final String BROKEN = "broken";

    private FakeService() {}

    public static void main(String[] arguments) throws IOException {
        if (Files.exists(Path.of(BROKEN))) {
            System.err.println("this service is broken");
            System.exit(3);
        }
        int port = Integer.parseInt(System.getenv("QUARKUS_HTTP_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(System.getenv("QUARKUS_HTTP_HOST"), port), 0);
        server.createContext("/q/health/ready", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        System.out.println("listening");
    }
}
