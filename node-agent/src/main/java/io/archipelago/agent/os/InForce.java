package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.util.ArrayList;
import java.util.List;

/**
 * Rules that were put in force, written down together with what the kernel's programs said of them right after. These have words of their
 * own for them, and other words in another release; so what they say is compared with what they said, not with what they were given.
 *
 * @param directory where it is written
 * @param file under which name
 */
public record InForce(OwnDirectory directory, String file) {

    private static final String THEIR_WORDS = "--";

    /** Whether these rules are in force, and nobody has changed them since. */
    public boolean is(List<String> rules, List<String> said) throws DriverFault {
        return directory.lines(file).equals(lines(rules, said));
    }

    public void note(List<String> rules, List<String> said) throws DriverFault {
        directory.write(file, lines(rules, said));
    }

    public void forget() throws DriverFault {
        directory.delete(file);
    }

    private static List<String> lines(List<String> rules, List<String> said) {
        List<String> lines = new ArrayList<>(rules);
        lines.add(THEIR_WORDS);
        lines.addAll(said);
        return lines;
    }
}
