package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An output that compiling has accepted may still be too large for the heap when it is made. */
class OutputRoomTest {

    @Test
    void noRoomForAnOutputIsSaidOfPlansOfBothKinds() throws IOException, InterruptedException {
        Process java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-cp", System.getProperty("java.class.path"), Small.class.getName())
                .redirectErrorStream(true).start();
        String printed = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), printed);
        assertEquals(
                """
                        there is no room for the output %s: give Java more memory with -Xmx, which is 64 MiB now
                        there is no room for output '%s' [1, 1, 6001, 6001]: give Java more memory with -Xmx, which is 64 MiB now
                        """
                        .formatted(Shape.of(1, 6001, 6001), Network
                                .of(conv(), Shape.of(1, 1, 1), Layout.NCHW).outputs().getFirst()),
                printed);
    }

    private static Op.Convolve conv() {
        return Conv2d.pointwise(1, 1).withPadding(Padding.of(3000))
                .withRandomWeights(new Random(1));
    }

    /** A program with a small heap. */
    static final class Small {

        private Small() {
        }

        public static void main(String[] args) {
            Shape one = Shape.of(1, 1, 1);
            try (Sepconv sepconv = Sepconv.open("plain");
                    Plan plan = sepconv.compile(conv(), one);
                    NetworkPlan network = plan.asNetwork().orElseThrow()) {
                try {
                    plan.run(Tensor.zeros(one, Layout.NCHW));
                } catch (OutOfMemoryException e) {
                    System.out.println(e.getMessage());
                }
                try {
                    network.run(Map.of(network.network().inputs().keySet().iterator().next(),
                            NdArray.zeros(Dims.of(1, 1, 1, 1))));
                } catch (OutOfMemoryException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }
}
