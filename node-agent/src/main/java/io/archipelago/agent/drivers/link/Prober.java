package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tries out what a link carries. The other gateway's kernel answers by itself, so that nothing of ours has to run there: an answer to an
 * echo request of full size has crossed the link both ways, and an answer to a question for an address a broadcast one way.
 */
final class Prober {

    /** The headers of IPv4 and ICMP. */
    private static final int HEADERS = 28;

    /** The largest packet that every host has to take (RFC 791). */
    private static final int LEAST_MTU = 576;

    private static final int MOST_MTU = 9216;
    private static final int ETHERNET_MTU = 1500;

    /** The code with which ping says that nobody answered; a greater one says that it could not ask. */
    private static final int UNANSWERED = 1;

    /** Some measured bytes: enough to fill the longest path for a moment, too few to be in anybody's way. */
    private static final int BULK_BYTES = 4 << 20;

    private static final int BULK_WINDOW = 512;

    /** {@code 3 packets transmitted, 3 packets received,   0% unanswered (0 extra)} */
    private static final Pattern ARPED = Pattern.compile("(\\d+) packets received.*?\\((\\d+) extra\\)");

    private final Programs programs;

    /**
     * @param programs run where the gateway's way to the WAN is
     */
    Prober(Programs programs) {
        this.programs = programs;
    }

    /** Asks the other gateway through the link, with uncut packets of a size. */
    Pings across(Link link, int bytes, int count) throws DriverFault {
        return pingAcross(link, List.of("-c", Integer.toString(count), "-i", "0.2", "-w", "2"), bytes);
    }

    /** Has the kernel forget how narrow it found the link: it would for minutes after the path was widened. */
    void forgetWidth(Link link) throws DriverFault {
        programs.run("ip", "-n", link.place().namespace(), "route", "flush", "cache");
    }

    /** What the link carries both ways at once, in bits per second; 0 if nothing. Takes at most 2 s and some megabytes. */
    double throughput(Link link) throws DriverFault {
        int bytes = link.spec().mtu();
        Pings pings = pingAcross(
                link,
                List.of(
                        "-q",
                        "-f",
                        "-l",
                        Integer.toString(BULK_WINDOW),
                        "-c",
                        Integer.toString(BULK_BYTES / bytes),
                        "-w",
                        "2"),
                bytes);
        return pings.tookMillis() == 0 ? 0 : pings.received() * (double) bytes * Byte.SIZE * 1000 / pings.tookMillis();
    }

    /** What is wrong with broadcasts through the link, a sentence; empty if nothing. */
    String broadcastFault(Link link) throws DriverFault {
        Programs.Ended ended = programs.within(link.place().namespace())
                .end(List.of(
                        "arping",
                        "-i",
                        link.place().bridge(),
                        "-S",
                        link.spec().ends().localGateway(),
                        "-c",
                        "2",
                        "-W",
                        "0.2",
                        "-w",
                        "2",
                        link.spec().ends().remoteGateway()));
        return broadcastFault(ended);
    }

    /** It ends with the same code whether nobody answers or it can not ask, but counts only in the former case. */
    static String broadcastFault(Programs.Ended ended) throws DriverFault {
        Matcher arped = ARPED.matcher(ended.out());
        if (!arped.find()) {
            throw DriverFault.failed("arping can not ask: " + ended.said());
        }
        if (arped.group(1).equals("0")) {
            return "broadcasts do not pass, though other frames do";
        }
        return arped.group(2).equals("0")
                ? ""
                : "a broadcast was answered more than once: there is a loop; see whether the segments are joined in another way too";
    }

    /** The largest packet that gets to an address of the WAN uncut, in bytes; nothing if the address does not answer. */
    OptionalInt pathMtu(String address) throws DriverFault {
        int most = MOST_MTU;
        int least = LEAST_MTU;
        if (passes(address, ETHERNET_MTU)) {
            least = ETHERNET_MTU;
        } else if (passes(address, LEAST_MTU)) {
            most = ETHERNET_MTU - 1;
        } else {
            return OptionalInt.empty();
        }
        while (least < most) {
            int middle = (least + most + 1) / 2;
            Pings pings = ping(address, middle);
            if (pings.isAnswered()) {
                least = middle;
            } else {
                most = Math.max(least, Math.min(middle - 1, pings.pathMtu().orElse(most)));
                if (pings.pathMtu().isPresent() && passes(address, most)) {
                    return OptionalInt.of(most);
                }
            }
        }
        return OptionalInt.of(least);
    }

    private boolean passes(String address, int bytes) throws DriverFault {
        return ping(address, bytes).isAnswered();
    }

    private Pings ping(String address, int bytes) throws DriverFault {
        String payload = Integer.toString(bytes - HEADERS);
        return pings(programs, List.of("ping", "-n", "-M", "do", "-c", "1", "-w", "1", "-s", payload, address));
    }

    private Pings pingAcross(Link link, List<String> how, int bytes) throws DriverFault {
        List<String> command = new ArrayList<>(List.of(
                "ping",
                "-n",
                "-M",
                "do",
                "-I",
                link.spec().ends().localGateway(),
                "-s",
                Integer.toString(bytes - HEADERS)));
        command.addAll(how);
        command.add(link.spec().ends().remoteGateway());
        return pings(programs.within(link.place().namespace()), command);
    }

    private static Pings pings(Programs programs, List<String> command) throws DriverFault {
        return pings(programs.end(command));
    }

    /** That a packet is too large already for this host is said among the errors. */
    static Pings pings(Programs.Ended ended) throws DriverFault {
        if (ended.code() > UNANSWERED) {
            throw DriverFault.failed("ping can not ask: " + ended.said());
        }
        return Pings.parse(ended.out() + System.lineSeparator() + ended.err());
    }
}
