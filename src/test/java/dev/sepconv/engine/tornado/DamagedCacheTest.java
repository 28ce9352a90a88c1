package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sepconv.ConvTester;
import dev.sepconv.Network;
import dev.sepconv.Plan;
import dev.sepconv.reference.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What PoCL keeps of compiled kernels, damaged between two runs. */
@Tag("device")
class DamagedCacheTest {

    private enum Damage {
        GONE,
        EMPTY,
        HALF,
        FLIPPED;

        void to(Path file) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            switch (this) {
                case GONE -> Files.delete(file);
                case EMPTY -> Files.write(file, new byte[0]);
                case HALF -> Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
                case FLIPPED -> {
                    for (int i = 0; i < bytes.length; i += 97) {
                        bytes[i] ^= 0x55;
                    }
                    Files.write(file, bytes);
                }
            }
        }
    }

    /**
     * PoCL makes what is gone anew, and ends a process that wants what is damaged: nobody gets
     * wrong numbers, and doctor says what to delete.
     */
    @ParameterizedTest
    @EnumSource(Damage.class)
    void aDamagedKernelIsNeverRun(Damage damage, @TempDir Path folder) throws Exception {
        ChildJava child = ChildJava.of(Run.class).withTornado()
                .with("-XX:ErrorFile=" + folder.resolve("hs_err.log"))
                .environment("POCL_CACHE_DIR", folder.resolve("kernels").toString());
        Files.createDirectory(folder.resolve("kernels"));
        assertRight(child.run());
        List<Path> kept = files(folder);
        assumeTrue(!kept.isEmpty(), "needs PoCL");
        for (Path file : kept) {
            damage.to(file);
        }
        ChildJava.Result second = child.run();
        assertFalse(second.out().contains("WRONG"), second.toString());
        if (damage == Damage.GONE || second.exit() == 0) {
            assertRight(second);
        }
        for (Path file : files(folder.resolve("kernels"))) {
            Files.delete(file);
        }
        assertRight(child.run());
    }

    private static void assertRight(ChildJava.Result result) {
        assertEquals(0, result.exit(), result.toString());
        assertTrue(result.out().contains("right"), result.toString());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** Runs a layer, and says whether it is right. */
    static final class Run {
        public static void main(String[] args) {
            ConvTester.Case given = ConvTester.conv().channels(8).filters(16).size(9, 7)
                    .kernel(1, 1).build();
            Network network = Network.of(given.layer().withWeights(given.weights()), given.input(),
                    given.layout());
            try (TornadoEngine engine = TornadoEngine.open();
                    Plan plan = Plan.of(engine.compile(network, engine.devices().getFirst()),
                            given.layout())) {
                System.out
                        .println(
                                Reference
                                        .difference(Reference.run(given.layer(), given.weights(),
                                                given.tensor()), plan.run(given.tensor()))
                                        .relative() < 1e-5 ? "right" : "WRONG");
            }
        }
    }
}
