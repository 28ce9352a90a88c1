package dev.sepconv.bulk;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Folders of small pictures. */
public final class Pictures {

    private Pictures() {
    }

    /** A picture of one colour. */
    public static Path write(Path file, int width, int height, int rgb) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        String name = file.toString();
        String format = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        ImageIO.write(image, format, file.toFile());
        return file;
    }

    /** {@code 0000.png} and on, picture i of the colour i. */
    public static List<Path> folder(Path folder, int count) throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(write(folder.resolve("%04d.png".formatted(i)), 4, 3, i));
        }
        return files;
    }

    /** The colour of a picture, as {@link #folder} gave it. */
    static int colour(float r, float g, float b) {
        return Math.round(r * 255) << 16 | Math.round(g * 255) << 8 | Math.round(b * 255);
    }
}
