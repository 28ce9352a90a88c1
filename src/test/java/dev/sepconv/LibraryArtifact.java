package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a program gets that depends on sepconv: its jar, and what the POM has that is neither
 * optional nor for tests.
 */
final class LibraryArtifact {

    /** Written by maven-dependency-plugin, which knows what optional dependencies bring. */
    private static final Path LIST = Path.of("target/runtime-dependencies.txt");

    private LibraryArtifact() {
    }

    /** The jars that come with sepconv's own. */
    static List<Path> dependencies() throws IOException {
        List<String> all = Files.readAllLines(LIST).stream().filter(line -> line.contains(":jar:"))
                .toList();
        // that the list is one, and says which are optional
        assertFalse(
                all.stream()
                        .noneMatch(line -> line.contains("picocli") && line.contains("(optional)")),
                all.toString());
        List<Path> jars = new ArrayList<>();
        for (String line : all) {
            if (!line.contains("(optional)")) {
                String path = line.substring(line.indexOf(File.separator))
                        .replaceFirst(" -- module .*", "").replaceAll("\u001b\\[[0-9;]*m", "")
                        .strip();
                jars.add(Path.of(path));
            }
        }
        return jars;
    }

    /** The folders of classes that go into the command line's jar, such as dev/sepconv/cli. */
    static List<String> commandLineFolders() throws IOException {
        Matcher list = Pattern.compile("<sepconv.cli.files>(.+?)</sepconv.cli.files>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(list.find());
        List<String> folders = new ArrayList<>();
        for (String pattern : list.group(1).split(",")) {
            assertTrue(pattern.endsWith("/**"), pattern);
            folders.add(pattern.substring(0, pattern.length() - "/**".length()));
        }
        return folders;
    }

    /** The library's classes as a jar, as the build packs them. */
    static Path jar(Path to) throws IOException {
        List<String> others = commandLineFolders();
        Path classes = Path.of("target/classes");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
                if (others.stream().noneMatch(folder -> name.startsWith(folder + "/"))) {
                    out.putNextEntry(new JarEntry(name));
                    Files.copy(file, out);
                }
            }
        }
        return to;
    }

    /** A class path of sepconv's jar, and what comes with it. */
    static String classPath(Path sepconv) throws IOException {
        return Stream.concat(Stream.of(sepconv), dependencies().stream())
                .map(path -> path.toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
