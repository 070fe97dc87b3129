package io.archipelago.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the agent of a real host is run, and what a stack tells it. */
public final class RealAgent {

    private static final int HEAP_MEGABYTES = 48;

    private RealAgent() {}

    /** The command, for a host that sees this machine's files at the same places. */
    public static List<String> command() {
        Path application = Installation.find().application("node-agent");
        List<String> command = new ArrayList<>(Jvm.command(HEAP_MEGABYTES, QuarkusProgram.aotCache(application)));
        command.addAll(List.of("-Xss512k", "-XX:MaxMetaspaceSize=96m"));
        command.addAll(List.of("-jar", QuarkusProgram.jar(application).toString()));
        return command;
    }

    /** What it has to know of its site. */
    public static Map<String, String> environment(Stack stack, Site site) {
        return Map.of(
                "SITE_ID", site.id(),
                "SITE_NUMBER", Integer.toString(site.number()),
                "KAFKA_BOOTSTRAP_SERVERS", stack.hostsServers(site),
                "AGENT_DRIVERS", "linux",
                "AGENT_CREATE_TOPICS", "false");
    }
}
