package dev.sepconv;

import dev.sepconv.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes how Maven starts Java, an argument a line, so that {@code scripts/bench} and
 * {@code scripts/fuzz} can start it without Maven: on the caller's terminal and with our exit
 * codes.
 */
final class LaunchFile {

    private LaunchFile() {
    }

    /** @param args the file, then Java's options but for the class path, which is this process's */
    public static void main(String[] args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Arrays.asList(args).subList(1, args.length));
        command.add("-Dsepconv.root=" + System.getProperty("user.dir"));
        command.addAll(List.of("-classpath", System.getProperty("java.class.path")));
        byte[] text = (String.join("\n", command) + "\n").getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(Path.of(args[0]), out -> out.write(text));
    }
}
