package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The kernel's numbers of block devices. As long as somebody has a device open, no other gets its number, also if it is gone. */
final class BlockDevices {

    private BlockDevices() {}

    /** That of the device to which a path leads, as {@code 8:16}; empty if it leads to none. */
    static String number(Path path) throws DriverFault {
        try {
            return text((Long) Files.getAttribute(path, "unix:rdev"));
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw DriverFault.failed("can not look at the device %s: %s".formatted(path, e.getMessage()));
        }
    }

    /** As Linux writes a major and a minor number into one, see makedev(3). */
    private static String text(long number) {
        long major = number >>> 8 & 0xfff | number >>> 32 & 0xfffff000L;
        long minor = number & 0xff | number >>> 12 & 0xffffff00L;
        return number == 0 ? "" : major + ":" + minor;
    }
}
