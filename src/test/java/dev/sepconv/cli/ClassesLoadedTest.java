package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many classes a command loads, which is most of what its start takes and, unlike a time, is
 * the same on each machine. Who adds more than the margin measures with {@code scripts/bench cold}
 * and raises the number here, or loads them later.
 */
class ClassesLoadedTest {

    /** What the JDK's build, its collector and the number of processors change. */
    private static final double MARGIN = 1.05;

    private static final int VERSION = 1582;
    private static final int RUN = 2515;

    @TempDir
    Path folder;

    @BeforeEach
    void needTheStubs() {
        assumeTrue(ModuleLayer.boot().findModule("tornado.runtime").isEmpty(),
                "with an SDK Java starts otherwise");
    }

    private List<String> loaded(Object... args) throws IOException, InterruptedException {
        Path log = folder.resolve("classes.log");
        Invocation.process(List.of("-Xlog:class+load:file=" + log + "::filecount=0"), args)
                .succeeded();
        List<String> names = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            String[] parts = line.substring(line.lastIndexOf(']') + 1).strip().split(" ");
            if (parts.length > 1 && parts[1].equals("source:")) {
                names.add(parts[0]);
            }
        }
        assertTrue(names.contains(Main.class.getName()), "the log isn't understood");
        return names;
    }

    private static void assertAtMost(int most, List<String> loaded) {
        assertTrue(loaded.size() <= most * MARGIN,
                "%d classes, %d were enough; of ours %s".formatted(loaded.size(), most,
                        loaded.stream().filter(name -> name.startsWith("dev.sepconv.")).toList()));
    }

    private static void assertNone(String part, List<String> loaded) {
        assertEquals(List.of(), loaded.stream().filter(name -> name.contains(part)).toList());
    }

    /** Foreign functions, JSON, and commands that were not named. */
    private static void assertNothingInVain(List<String> loaded) {
        for (String part : List.of("jdk.internal.foreign.abi.AbstractLinker", "jackson.databind.",
                "TuneCommand", "DecoupleCommand", "org.jline.terminal")) {
            assertNone(part, loaded);
        }
    }

    @Test
    void versionLoadsFewClasses() throws IOException, InterruptedException {
        List<String> loaded = loaded("--version");
        assertNothingInVain(loaded);
        assertNone("dev.sepconv.engine.", loaded);
        assertNone("dev.sepconv.cli.RunCommand", loaded);
        assertAtMost(VERSION, loaded);
    }

    @Test
    void runLoadsFewClasses() throws IOException, InterruptedException {
        Path picture = folder.resolve("p.png");
        ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), "png",
                picture.toFile());
        List<String> loaded = loaded("run", "mobilenet-v1:0.25", "--image", picture, "--engine",
                "simd");
        assertNothingInVain(loaded);
        assertNone("javax.imageio.", loaded);
        assertNone("sun.java2d.", loaded);
        assertAtMost(RUN, loaded);
    }

}
