package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.machine.Domain.Hardware;
import io.archipelago.agent.drivers.machine.Domain.State;
import io.archipelago.contracts.host.ResourceKey;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Reads what libvirt says of a domain. */
final class DomainReader {

    /** Of the element in a definition's metadata that makes the domain ours. */
    static final String NAMESPACE = "https://archipelago.io/xmlns/machine/1";

    private static final long KIB = 1024;

    private final DocumentBuilder builder;

    DomainReader() {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            builder = factory.newDocumentBuilder();
            // Otherwise it writes to our standard error.
            builder.setErrorHandler(null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("this Java can not read XML", e);
        }
    }

    /**
     * A domain of ours.
     *
     * @param state as {@code virsh domstate --reason} says it: {@code shut off (crashed)}
     * @param definition as {@code virsh dumpxml} says it
     * @return nothing if it is somebody else's, also if that is a copy of one of ours
     */
    Optional<Domain> read(String state, String definition) throws DriverFault {
        Element root = parse(definition);
        Element ours = child(child(root, "metadata"), "machine");
        if (ours == null || !NAMESPACE.equals(ours.getNamespaceURI())) {
            return Optional.empty();
        }
        Element devices = child(root, "devices");
        Element nic = child(devices, "interface");
        Set<ResourceKey> uses = new HashSet<>();
        try {
            ResourceKey key = ResourceKey.parse(ours.getAttribute("key"));
            if (!text(root, "uuid").equals(Domain.uuid(key).toString())) {
                return Optional.empty();
            }
            uses.add(ResourceKey.parse(ours.getAttribute("disk")));
            uses.add(ResourceKey.parse(ours.getAttribute("segment")));
            int open = state.indexOf('(');
            return Optional.of(new Domain(
                    key,
                    state(open < 0 ? state.strip() : state.substring(0, open).strip()),
                    open < 0 ? "" : state.substring(open + 1).replace(")", "").strip(),
                    root.getAttribute("type"),
                    new Hardware(
                            ours.getAttribute("name"),
                            Integer.parseInt(text(root, "vcpu")),
                            Long.parseLong(text(root, "memory")) * KIB,
                            attribute(nic, "mac", "address"),
                            ours.getAttribute("address"),
                            attribute(child(devices, "disk"), "source", "dev"),
                            ours.getAttribute(DomainWriter.DEVICE),
                            attribute(nic, "source", "bridge"),
                            reboot(ours.getAttribute(DomainWriter.REBOOT))),
                    uses));
        } catch (IllegalArgumentException e) {
            throw DriverFault.failed("what libvirt says of the domain %s can not be read: %s"
                    .formatted(text(root, "name"), e.getMessage()));
        }
    }

    private static State state(String text) {
        return switch (text) {
            case "running", "idle", "no state" -> State.RUNNING;
            case "paused" -> State.PAUSED;
            case "in shutdown" -> State.ENDING;
            case "shut off" -> State.OFF;
            case "crashed" -> State.CRASHED;
            default -> State.OTHER;
        };
    }

    /** An older agent has rebooted nothing. */
    private static long reboot(String attribute) {
        return attribute.isEmpty() ? 0 : Long.parseLong(attribute);
    }

    private Element parse(String definition) throws DriverFault {
        try {
            return builder.parse(new InputSource(new StringReader(definition))).getDocumentElement();
        } catch (SAXException | IOException e) {
            throw DriverFault.failed("what libvirt says of a domain is no XML: " + e.getMessage());
        }
    }

    private static @Nullable Element child(@Nullable Element parent, String name) {
        for (Node node = parent == null ? null : parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && name.equals(element.getLocalName())) {
                return element;
            }
        }
        return null;
    }

    private static String text(Element parent, String name) {
        Element element = child(parent, name);
        return element == null ? "" : element.getTextContent().strip();
    }

    private static String attribute(@Nullable Element parent, String name, String attribute) {
        Element element = child(parent, name);
        return element == null ? "" : element.getAttribute(attribute);
    }
}
