package dev.sepconv.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.io.Images.Picture;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {

    @TempDir
    Path folder;

    @Test
    void readsColoursAsTheyAreStored() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0xff8000);
        image.setRGB(1, 0, 0x000040);
        Picture picture = read(Images.png(image), 100);
        assertEquals(Shape.of(3, 1, 2), picture.rgb().shape());
        assertPixels(picture, 1, 0, 128 / 255f, 0, 0, 64 / 255f);
        assertEquals("PNG", picture.format());
        assertFalse(picture.scaledDown());
    }

    @ParameterizedTest
    @ValueSource(strings = {"P3\n2 1\n255\n255 128 0  0 0 64\n",
            "P3 # a comment\n2 1\n255\n255 128 0\n0 0 64"})
    void readsPpm(String text) throws IOException {
        Picture picture = read(text.getBytes(StandardCharsets.US_ASCII), 100);
        assertPixels(picture, 1, 0, 128 / 255f, 0, 0, 64 / 255f);
        assertEquals("PNM", picture.format());
    }

    @Test
    void readsBinaryPpm() throws IOException {
        assertPixels(read(ppm(colours(7, 5)), 100), colours(7, 5));
    }

    @Test
    void readsJpegNearlyAsItWas() throws IOException {
        BufferedImage image = gradient(64, 48);
        Picture picture = read(jpeg(image), 100);
        assertEquals("JPEG", picture.format());
        for (int y = 0; y < 48; y++) {
            for (int x = 0; x < 64; x++) {
                assertEquals((image.getRGB(x, y) >> 16 & 255) / 255f, picture.rgb().get(0, 0, y, x),
                        0.04f);
            }
        }
    }

    /**
     * Its bytes are read as they are, or drawn over as RGB: to the bit the same, of any profile.
     */
    @ParameterizedTest
    @ValueSource(ints = {ColorSpace.CS_sRGB, ColorSpace.CS_LINEAR_RGB})
    void aPhotographsSamplesAreThoseThatJava2dDraws(int space) throws IOException {
        ComponentColorModel model = new ComponentColorModel(ColorSpace.getInstance(space), false,
                false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 53, 31, 3 * 53,
                3, new int[]{2, 1, 0}, null);
        new Random(5).nextBytes(((DataBufferByte) raster.getDataBuffer()).getData());
        byte[] file = jpeg(new BufferedImage(model, raster, false, null));
        BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(file));
        assertArrayEquals(Rasters.toTensor(decoded).data(), read(file, 100).rgb().data());
    }

    /** From the definition, in the same order of sums; rows that whole fours leave over too. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 11})
    void everyRowIsResizedAlike(int rows) {
        Tensor picture = Tensor.zeros(Shape.of(3, rows, 29), Layout.NCHW);
        Random random = new Random(rows);
        for (int i = 0; i < picture.data().length; i++) {
            picture.data()[i] = random.nextFloat();
        }
        Tensor all = Resampling.resize(picture, rows, 13);
        for (int row = 0; row < rows; row++) {
            Tensor one = Tensor.zeros(Shape.of(3, 1, 29), Layout.NCHW);
            for (int c = 0; c < 3; c++) {
                for (int x = 0; x < 29; x++) {
                    one.set(0, c, 0, x, picture.get(0, c, row, x));
                }
            }
            Tensor alone = Resampling.resize(one, 1, 13);
            for (int c = 0; c < 3; c++) {
                for (int x = 0; x < 13; x++) {
                    assertEquals(alone.get(0, c, 0, x), all.get(0, c, row, x));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 128", "11, 32896"}) // TYPE_BYTE_GRAY, TYPE_USHORT_GRAY
    void greyIsNotBrightened(int type, int sample) throws IOException {
        BufferedImage image = new BufferedImage(1, 1, type);
        image.getRaster().setSample(0, 0, 0, sample);
        assertPixels(read(Images.png(image), 100), 128 / 255f, 128 / 255f, 128 / 255f);
    }

    @Test
    void transparencyLiesOnWhite() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00ff0000);
        image.setRGB(1, 0, 0x80000000);
        float half = 127 / 255f;
        assertPixels(read(Images.png(image), 100), 1, half, 1, half, 1, half);
    }

    @Test
    void greyWithTransparencyLiesOnWhite() throws IOException {
        // a PNG of colour type 4: grey and alpha, 8 bits each; the row starts with its filter, 0
        byte[] png = png(2, 1, 4, new byte[]{0, 0, 0, 0, (byte) 255});
        assertPixels(read(png, 100), 1, 0, 1, 0, 1, 0);
    }

    @Test
    void readsPalettes() throws IOException {
        IndexColorModel palette = new IndexColorModel(1, 2, new byte[]{(byte) 255, 0},
                new byte[]{0, 0}, new byte[]{0, (byte) 255});
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
        image.getRaster().setSample(1, 0, 0, 1);
        assertPixels(read(Images.png(image), 100), 1, 0, 0, 0, 0, 1);
    }

    @Test
    void largePicturesAreScaledDownByAreaMeans() throws IOException {
        BufferedImage image = new BufferedImage(8, 4, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 32; i++) {
            image.setRGB(i % 8, i / 8, i % 2 == 0 ? 0xffffff : 0);
        }
        Picture picture = read(Images.png(image), 4);
        assertEquals(Shape.of(3, 2, 4), picture.rgb().shape());
        assertTrue(picture.scaledDown());
        assertEquals(8, picture.originalWidth());
        assertEquals(4, picture.originalHeight());
        for (float value : picture.rgb().data()) {
            assertEquals(0.5f, value, 1e-6f);
        }
        assertEquals(Shape.of(3, 1, 1), read(Images.png(image), 1).rgb().shape());
    }

    @Test
    void scalingKeepsTheMean() throws IOException {
        BufferedImage image = colours(37, 23);
        assertEquals(mean(read(Images.png(image), 100)), mean(read(Images.png(image), 11)), 0.01);
    }

    /**
     * EXIF's eight orientations of the same picture, stored as the standard says, all look the
     * same.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void exifOrientationIsApplied(int orientation) throws IOException {
        int width = 48;
        int height = 32;
        BufferedImage shown = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            boolean left = i % width < width / 2;
            boolean top = i / width < height / 2;
            shown.setRGB(i % width, i / width,
                    top ? left ? 0xff0000 : 0x00ff00 : left ? 0x0000ff : 0xffffff);
        }
        boolean turned = orientation > 4;
        BufferedImage stored = new BufferedImage(turned ? height : width, turned ? width : height,
                BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < stored.getHeight(); row++) {
            for (int column = 0; column < stored.getWidth(); column++) {
                // CIPA DC-008: where row 0 and column 0 are on the shown picture
                int[] at = switch (orientation) {
                    case 1 -> new int[]{column, row}; // top, left
                    case 2 -> new int[]{width - 1 - column, row}; // top, right
                    case 3 -> new int[]{width - 1 - column, height - 1 - row}; // bottom, right
                    case 4 -> new int[]{column, height - 1 - row}; // bottom, left
                    case 5 -> new int[]{row, column}; // left, top
                    case 6 -> new int[]{width - 1 - row, column}; // right, top
                    case 7 -> new int[]{width - 1 - row, height - 1 - column}; // right, bottom
                    default -> new int[]{row, height - 1 - column}; // left, bottom
                };
                stored.setRGB(column, row, shown.getRGB(at[0], at[1]));
            }
        }
        Picture picture = read(withOrientation(jpeg(stored), orientation), 100);
        assertEquals(width, picture.originalWidth());
        assertEquals(Shape.of(3, height, width), picture.rgb().shape());
        assertEquals(0xff0000, near(picture, 8, 8));
        assertEquals(0x00ff00, near(picture, 40, 8));
        assertEquals(0x0000ff, near(picture, 8, 24));
        assertEquals(0xffffff, near(picture, 40, 24));
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "ppm"})
    void everyCutOffFileIsRefused(String format) throws IOException {
        byte[] whole = switch (format) {
            case "png" -> Images.png(colours(31, 17));
            case "jpeg" -> jpeg(colours(31, 17));
            default -> ppm(colours(31, 17));
        };
        // past these, only the trailer is missing and the picture is whole
        int trailer = switch (format) {
            case "png" -> 4;
            case "jpeg" -> 2;
            default -> 0;
        };
        for (int length = 0; length < whole.length - trailer; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            String place = format + " cut after " + length + " of " + whole.length;
            IOException e = assertThrows(IOException.class, () -> read(cut, 100), place);
            assertTrue(e.getMessage().startsWith("picture test "), e.getMessage());
        }
    }

    @Test
    void absurdSizesAreRefusedBeforeDecoding() {
        IOException e = assertThrows(IOException.class,
                () -> read(png(60_000, 60_000, 2, new byte[0]), 100));
        assertTrue(e.getMessage().matches(
                "picture test is 60000 by 60000 pixels; at most \\d+ million pixels can be read here.*"),
                e.getMessage());
        assertThrows(IOException.class,
                () -> read(
                        "P6\n2000000000 2000000000\n255\nabc".getBytes(StandardCharsets.US_ASCII),
                        100));
    }

    @Test
    void otherFormatsAreRefusedWhateverTheirName() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "this is no picture");
        assertMessage("picture %s is text, not a PNG, JPEG, GIF, BMP, TIFF, WebP or PPM picture"
                .formatted(text), text);
    }

    @Test
    void missingEmptyAndFolderAreSaidPlainly() throws IOException {
        Path missing = folder.resolve("nowhere.png");
        assertMessage("picture %s is not there: no such file".formatted(missing), missing);
        Path empty = Files.createFile(folder.resolve("empty.jpg"));
        assertMessage("picture %s is empty (0 bytes)".formatted(empty), empty);
        assertMessage("picture %s is a folder; name a picture's file, PNG or JPEG for example"
                .formatted(folder), folder);
    }

    @Test
    void aPictureWrittenAndReadAgainIsTheSame() throws IOException {
        Tensor tensor = read(Images.png(colours(13, 7)), 100).rgb();
        assertArrayEquals(tensor.data(),
                read(Images.png(Rasters.toImage(tensor)), 100).rgb().data(), 1e-6f);
        Tensor grey = Tensor.of(Shape.of(1, 1, 3), Layout.NCHW, 0, 128 / 255f, 1);
        float[] expected = {0, 128 / 255f, 1, 0, 128 / 255f, 1, 0, 128 / 255f, 1};
        assertArrayEquals(expected, read(Images.png(Rasters.toImage(grey)), 100).rgb().data(),
                1e-6f);
    }

    private void assertMessage(String expected, Path file) {
        assertEquals(expected,
                assertThrows(IOException.class, () -> Images.read(file, 100)).getMessage());
    }

    private static Picture read(byte[] bytes, int maxSide) throws IOException {
        return Images.read(new ByteArrayInputStream(bytes), "picture test", maxSide);
    }

    private static void assertPixels(Picture picture, float... expected) {
        assertArrayEquals(expected, picture.rgb().data(), 1e-6f);
    }

    private static void assertPixels(Picture picture, BufferedImage expected) {
        for (int y = 0; y < expected.getHeight(); y++) {
            for (int x = 0; x < expected.getWidth(); x++) {
                assertEquals(expected.getRGB(x, y) & 0xffffff, near(picture, x, y));
            }
        }
    }

    /**
     * A pixel, each colour to the nearest of the levels 0 to 255; for JPEG's sake those near the
     * ends are the ends.
     */
    private static int near(Picture picture, int x, int y) {
        int pixel = 0;
        for (int c = 0; c < 3; c++) {
            int level = Math.round(255 * picture.rgb().get(0, c, y, x));
            pixel = pixel << 8 | (picture.format().equals("JPEG")
                    ? level < 16 ? 0 : level > 239 ? 255 : level
                    : level);
        }
        return pixel;
    }

    private static double mean(Picture picture) {
        double sum = 0;
        for (float value : picture.rgb().data()) {
            sum += value;
        }
        return sum / picture.rgb().data().length;
    }

    private static BufferedImage colours(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt(1 << 24));
        }
        return image;
    }

    private static BufferedImage gradient(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            int level = 3 * (i % width) + i / width;
            image.setRGB(i % width, i / width, level << 16 | level << 8 | level);
        }
        return image;
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", bytes);
        return bytes.toByteArray();
    }

    private static byte[] ppm(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("P6\n%d %d\n255\n".formatted(image.getWidth(), image.getHeight())
                .getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
            int pixel = image.getRGB(i % image.getWidth(), i / image.getWidth());
            bytes.write(pixel >> 16);
            bytes.write(pixel >> 8);
            bytes.write(pixel);
        }
        return bytes.toByteArray();
    }

    /** Puts an EXIF block with one entry, the orientation, behind a JPEG's first marker. */
    private static byte[] withOrientation(byte[] jpeg, int orientation) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(jpeg, 0, 2);
        out.writeShort(0xffe1);
        out.writeShort(2 + 6 + 8 + 2 + 12 + 4);
        out.writeBytes("Exif\0\0MM\0*");
        out.writeInt(8);
        out.writeShort(1);
        out.writeShort(274); // Orientation
        out.writeShort(3); // SHORT
        out.writeInt(1);
        out.writeShort(orientation);
        out.writeShort(0);
        out.writeInt(0);
        out.write(jpeg, 2, jpeg.length - 2);
        return bytes.toByteArray();
    }

    private static byte[] png(int width, int height, int colourType, byte[] rows)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(0x89504e470d0a1a0aL);
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(header);
        fields.writeInt(width);
        fields.writeInt(height);
        fields.write(new byte[]{8, (byte) colourType, 0, 0, 0});
        chunk(out, "IHDR", header.toByteArray());
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (var deflater = new java.util.zip.DeflaterOutputStream(packed)) {
            deflater.write(rows);
        }
        chunk(out, "IDAT", packed.toByteArray());
        chunk(out, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] content)
            throws IOException {
        out.writeInt(content.length);
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        out.write(name);
        out.write(content);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        out.writeInt((int) crc.getValue());
    }

    /** The triangle filter by hand: twice as wide from 4 to 2, between pixels from 2 to 4. */
    @Test
    void resizesWithATriangle() {
        Tensor row = Tensor.of(Shape.of(1, 1, 4), Layout.NCHW, 0, 1, 2, 10);
        float[] half = Resampling.resize(row, 1, 2).data();
        // weights 3/7, 3/7, 1/7 at the edges of [0, 1, 2] and mirrored
        assertEquals((0 * 3 + 1 * 3 + 2) / 7f, half[0], 1e-6);
        assertEquals((1 + 2 * 3 + 10 * 3) / 7f, half[1], 1e-6);
        float[] twice = Resampling.resize(Tensor.of(Shape.of(1, 2, 1), Layout.NCHW, 0, 4), 4, 1)
                .data();
        assertArrayEquals(new float[]{0, 1, 3, 4}, twice, 1e-6f);
        assertArrayEquals(row.data(), Resampling.resize(row, 1, 4).data());
        Tensor three = Resampling.resize(Tensor.of(Shape.of(3, 1, 1), Layout.NCHW, 1, 2, 3), 2, 2);
        assertArrayEquals(new float[]{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3}, three.data());
    }
}
