package io.archipelago.agent.drivers.machine;

import static io.archipelago.agent.drivers.machine.DomainReader.NAMESPACE;

import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes the definitions of domains: few devices, all of them virtio where there is such a thing, and nothing that starts or stops by
 * itself.
 */
final class DomainWriter {

    private static final String PREFIX = "archipelago";
    /** The attribute of our element in the metadata with the number of the disk's block device. */
    static final String DEVICE = "device";
    /** The attribute there with {@link MachineSpec#reboot()}. */
    static final String REBOOT = "reboot";

    private static final Path KVM = Path.of("/dev/kvm");

    private final @Nullable DirectBoot boot;

    DomainWriter(@Nullable DirectBoot boot) {
        this.boot = boot;
    }

    /**
     * Where a machine is plugged in on this host.
     *
     * @param disk the path of its block device
     * @param device the kernel's number of that; empty if there is none
     * @param bridge the bridge of its segment
     * @param mtu of that bridge, in bytes
     * @param console the file that what it says on its serial line is written to
     */
    record Sockets(Path disk, String device, String bridge, int mtu, Path console) {}

    /** The definition of a machine's domain. */
    String write(ResourceKey key, MachineSpec spec, Sockets sockets) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument();
            domain(new Elements(xml), key, spec, sockets);
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a definition can not be written", e);
        }
        return text.toString();
    }

    private void domain(Elements xml, ResourceKey key, MachineSpec spec, Sockets sockets) throws XMLStreamException {
        boolean kvm = opensKvm();
        xml.begin("domain", "type", kvm ? "kvm" : "qemu");
        xml.text("name", Domain.name(key));
        xml.text("uuid", Domain.uuid(key).toString());
        xml.begin("metadata");
        metadata(xml.writer(), key, spec, sockets.device());
        xml.end();
        xml.text("memory", Long.toString(spec.memoryBytes()), "unit", "b");
        xml.text("vcpu", Integer.toString(spec.cpus()));
        xml.begin("os");
        xml.text("type", "hvm");
        if (boot != null) {
            xml.text("kernel", boot.kernel().toString());
            xml.text("initrd", boot.initrd().toString());
            xml.text("cmdline", boot.commandLine());
        }
        xml.end();
        xml.begin("features");
        // The power button, by which a machine is asked to end.
        xml.empty("acpi");
        xml.empty("apic");
        xml.end();
        xml.empty("cpu", "mode", kvm ? "host-passthrough" : "maximum");
        xml.empty("clock", "offset", "utc");
        xml.text("on_poweroff", "destroy");
        xml.text("on_reboot", "restart");
        // Kept, so that a panic can be told from a QEMU that was killed; the agent starts it again.
        xml.text("on_crash", "preserve");
        xml.begin("pm");
        xml.empty("suspend-to-mem", "enabled", "no");
        xml.empty("suspend-to-disk", "enabled", "no");
        xml.end();
        xml.begin("devices");
        devices(xml, spec, sockets);
        xml.end();
        xml.end();
    }

    /** There is a file for it also where the processor has no such thing, or the firmware forbids it. */
    private static boolean opensKvm() {
        try (FileChannel kvm = FileChannel.open(KVM, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return kvm.isOpen();
        } catch (IOException e) {
            return false;
        }
    }

    private static void metadata(XMLStreamWriter xml, ResourceKey key, MachineSpec spec, String device)
            throws XMLStreamException {
        xml.writeEmptyElement(PREFIX, "machine", NAMESPACE);
        xml.writeNamespace(PREFIX, NAMESPACE);
        xml.writeAttribute("key", key.toString());
        xml.writeAttribute("name", spec.name());
        xml.writeAttribute("address", spec.address());
        xml.writeAttribute("disk", spec.disk().toString());
        xml.writeAttribute(DEVICE, device);
        xml.writeAttribute("segment", spec.segment().toString());
        xml.writeAttribute(REBOOT, Long.toString(spec.reboot()));
    }

    private void devices(Elements xml, MachineSpec spec, Sockets sockets) throws XMLStreamException {
        xml.begin("interface", "type", "bridge");
        xml.empty("mac", "address", spec.mac());
        xml.empty("source", "bridge", sockets.bridge());
        xml.empty("model", "type", "virtio");
        xml.empty("mtu", "size", Integer.toString(sockets.mtu()));
        xml.empty("boot", "order", "1");
        if (boot != null) {
            xml.empty("rom", "enabled", "no");
        }
        xml.end();

        xml.begin("disk", "type", "block", "device", "disk");
        // What does not reach the volume is told to the guest: a machine that waits for ever helps nobody.
        xml.empty(
                "driver",
                "name",
                "qemu",
                "type",
                "raw",
                "cache",
                "none",
                "io",
                "native",
                "error_policy",
                "report",
                "discard",
                "unmap");
        xml.empty("source", "dev", sockets.disk().toString());
        xml.empty("target", "dev", "vda", "bus", "virtio");
        xml.empty("boot", "order", "2");
        xml.end();

        xml.begin("serial", "type", "file");
        xml.empty("source", "path", sockets.console().toString(), "append", "on");
        xml.empty("target", "port", "0");
        xml.end();

        xml.begin("rng", "model", "virtio");
        xml.text("backend", "/dev/urandom", "model", "random");
        xml.end();
        xml.empty("panic", "model", "isa");
        xml.empty("controller", "type", "usb", "model", "none");
        xml.empty("memballoon", "model", "none");
    }

    /** Elements with their attributes given as names and values in turn. */
    private record Elements(XMLStreamWriter writer) {

        void begin(String name, String... attributes) throws XMLStreamException {
            writer.writeStartElement(name);
            attributes(attributes);
        }

        void end() throws XMLStreamException {
            writer.writeEndElement();
        }

        void empty(String name, String... attributes) throws XMLStreamException {
            writer.writeEmptyElement(name);
            attributes(attributes);
        }

        void text(String name, String text, String... attributes) throws XMLStreamException {
            begin(name, attributes);
            writer.writeCharacters(text);
            end();
        }

        private void attributes(String... attributes) throws XMLStreamException {
            for (int i = 0; i < attributes.length; i += 2) {
                writer.writeAttribute(attributes[i], attributes[i + 1]);
            }
        }
    }
}
