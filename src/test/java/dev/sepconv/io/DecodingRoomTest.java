package dev.sepconv.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecodingRoomTest {

    /** Decodes a picture in several threads at once. */
    public static void main(String[] args) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Integer>> widths = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                widths.add(threads.submit(() -> Images.read(Path.of(args[0]), 4096).width()));
            }
            for (Future<Integer> width : widths) {
                System.out.print(width.get() + " ");
            }
        }
    }

    /** Each takes 144 MB while it is decoded: all at once they would take more than there is. */
    @Test
    void largePicturesWaitForMemory(@TempDir Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve("large.png");
        ImageIO.write(new BufferedImage(3000, 2000, BufferedImage.TYPE_INT_RGB), "png",
                file.toFile());
        Process java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
                "-cp", System.getProperty("java.class.path"), DecodingRoomTest.class.getName(),
                file.toString()).redirectErrorStream(true).start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("3000 ".repeat(16), said);
        assertEquals(0, java.waitFor());
    }
}
