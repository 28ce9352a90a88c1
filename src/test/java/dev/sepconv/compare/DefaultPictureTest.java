package dev.sepconv.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class DefaultPictureTest {

    @Test
    void theShippedPictureIsTheOnePainted() throws IOException {
        byte[] file;
        try (InputStream in = Experiment.class.getResourceAsStream("default.png")) {
            file = in.readAllBytes();
        }
        assertTrue(file.length < 100_000, file.length + " bytes");
        BufferedImage shipped = ImageIO.read(new ByteArrayInputStream(file));
        BufferedImage painted = DefaultPicture.paint();
        assertEquals(DefaultPicture.WIDTH, shipped.getWidth());
        assertEquals(DefaultPicture.HEIGHT, shipped.getHeight());
        for (int i = 0; i < DefaultPicture.WIDTH * DefaultPicture.HEIGHT; i++) {
            int x = i % DefaultPicture.WIDTH;
            int y = i / DefaultPicture.WIDTH;
            assertEquals(painted.getRGB(x, y), shipped.getRGB(x, y),
                    "pixel %d, %d".formatted(x, y));
        }
    }
}
