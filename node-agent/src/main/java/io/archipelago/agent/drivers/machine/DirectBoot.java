package io.archipelago.agent.drivers.machine;

import java.nio.file.Path;

/**
 * A kernel that every machine of a host starts from instead of what its network or disk offers: for laboratories.
 *
 * @param kernel the kernel's file on the host
 * @param initrd the file of its initial file system
 * @param commandLine what the kernel is told
 */
public record DirectBoot(Path kernel, Path initrd, String commandLine) {}
