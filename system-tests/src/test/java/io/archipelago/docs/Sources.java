package io.archipelago.docs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The project's files, and the types that its sources know. */
final class Sources {

    private static final Pattern DECLARED = Pattern.compile("\\b(?:class|record|interface|enum)\\s+([A-Z]\\w*)");
    private static final Pattern IMPORTED = Pattern.compile("^import [\\w.]+\\.([A-Z]\\w*);", Pattern.MULTILINE);

    private final Path root;
    private final Set<String> fileNames = new HashSet<>();
    private final Map<String, StringBuilder> textByType = new HashMap<>();

    Sources(Path root) throws IOException {
        this.root = root;
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.getFileName().toString();
                // What is built, and what was left by running it.
                boolean passedOver = name.equals("target") || name.startsWith(".") && !directory.equals(root);
                return passedOver ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                take(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void take(Path file) throws IOException {
        String name = file.getFileName().toString();
        fileNames.add(name);
        if (!name.endsWith(".java")) {
            return;
        }
        String text = Files.readString(file);
        for (Pattern pattern : Set.of(DECLARED, IMPORTED)) {
            Matcher types = pattern.matcher(text);
            while (types.find()) {
                StringBuilder known = textByType.computeIfAbsent(types.group(1), type -> new StringBuilder());
                // Who only imports a type says nothing about its members: they are taken for granted.
                known.append(pattern == DECLARED ? text : "");
            }
        }
    }

    Path root() {
        return root;
    }

    boolean hasFileNamed(String name) {
        return fileNames.contains(name);
    }

    boolean hasType(String name) {
        return textByType.containsKey(name);
    }

    boolean hasTypeThatEndsWith(String suffix) {
        return textByType.keySet().stream().anyMatch(type -> type.endsWith(suffix) && type.length() > suffix.length());
    }

    /** Whether a file that declares the type has a word; of several types of one name any may have it. */
    boolean hasMember(String type, String member) {
        StringBuilder text = textByType.get(type);
        return text != null
                && (text.isEmpty()
                        || Pattern.compile("\\b" + Pattern.quote(member) + "\\b")
                                .matcher(text)
                                .find());
    }
}
