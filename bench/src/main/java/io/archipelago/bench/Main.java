package io.archipelago.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What {@code ./vc bench} runs. */
public final class Main {

    private static final int USAGE = 2;

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        Locale.setDefault(Locale.ROOT);
        List<String> all = Arrays.asList(arguments);
        if (all.equals(List.of("agent"))) {
            AgentBench.run(System.out);
            return;
        }
        if (all.isEmpty() || !all.getFirst().equals("flow")) {
            System.err.println(
                    "vc: bench knows \"agent\" and \"flow\": ./vc bench agent | ./vc bench flow " + FlowSettings.USAGE);
            System.exit(USAGE);
        }
        FlowSettings settings;
        try {
            settings = FlowSettings.parse(all.subList(1, all.size()));
        } catch (IllegalArgumentException e) {
            System.err.println("vc: " + e.getMessage());
            System.exit(USAGE);
            return;
        }
        FlowBench.run(settings, System.out);
        // Clients of Kafka and HTTP leave threads behind that would keep the process for a while.
        System.exit(0);
    }
}
