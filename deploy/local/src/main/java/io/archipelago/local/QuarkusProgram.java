package io.archipelago.local;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One of our own services or agents, as its Quarkus build left it. Configured through its environment alone. */
final class QuarkusProgram implements Program {

    private static final String JAR = "quarkus-run.jar";

    private final String name;
    private final Path application;
    private final int port;
    private final int heapMegabytes;
    private final Path directory;
    private final Map<String, String> environment;
    private final AotCache aotCache;

    QuarkusProgram(
            String name,
            Path application,
            int port,
            int heapMegabytes,
            Path directory,
            Map<String, String> environment,
            AotCache aotCache) {
        this.name = name;
        this.application = application;
        this.port = port;
        this.heapMegabytes = heapMegabytes;
        this.directory = directory;
        this.environment = Map.copyOf(environment);
        this.aotCache = aotCache;
    }

    static AotCache aotCache(Path application) {
        return AotCache.in(application.resolveSibling("aot"), "app");
    }

    static Path jar(Path application) {
        return application.resolve(JAR);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Integer> ports() {
        return List.of(port);
    }

    @Override
    public void prepare() throws IOException {
        if (!Files.exists(jar(application))) {
            throw new IOException(name + " is not built: there is no " + jar(application));
        }
        Files.createDirectories(directory);
    }

    @Override
    public Launch launch() {
        List<String> command = new ArrayList<>(Jvm.command(heapMegabytes, aotCache));
        command.addAll(List.of("-jar", jar(application).toString()));
        Map<String, String> whole = new HashMap<>(environment);
        whole.put("QUARKUS_HTTP_HOST", Ports.HOST);
        whole.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        return new Launch(command, whole, directory, Launch.StopSignal.TERM);
    }

    @Override
    public boolean isReady() {
        return Http.status(readiness()) == HttpURLConnection.HTTP_OK;
    }

    @Override
    public void furnish() {}

    private URI readiness() {
        return URI.create("http://" + Ports.HOST + ":" + port + "/q/health/ready");
    }
}
