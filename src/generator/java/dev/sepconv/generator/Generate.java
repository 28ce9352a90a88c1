package dev.sepconv.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes the generated sources: {@code mvn -q -Pgenerate validate}, which needs nothing but a JDK.
 * A test holds that they are what is checked in.
 */
public final class Generate {

    private static final Path ROOT = Path.of("src/main/java/dev/sepconv");

    private Generate() {
    }

    /** Every generated file by its path in the project. */
    public static Map<Path, String> files() {
        Map<Path, String> files = new LinkedHashMap<>();
        files.putAll(SimdTiles.files());
        files.putAll(KernelTiles.files());
        return files;
    }

    /** Writes what has changed, in the folder of the project, and names it. */
    public static void main(String[] args) throws IOException {
        for (Map.Entry<Path, String> file : files().entrySet()) {
            if (!Files.exists(file.getKey())
                    || !Files.readString(file.getKey()).equals(file.getValue())) {
                Files.createDirectories(file.getKey().getParent());
                Files.writeString(file.getKey(), file.getValue());
                System.out.println(file.getKey());
            }
        }
    }
}
