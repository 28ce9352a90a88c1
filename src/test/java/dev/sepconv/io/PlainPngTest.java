package dev.sepconv.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JDK's decoder is the oracle. */
class PlainPngTest {

    private static final int GREY = 0;
    private static final int RGB = 2;
    private static final int PALETTE = 3;

    private final Random random = new Random(1);

    /** A PNG whose rows have the filters 0 to 4 in turn, and samples at random. */
    private byte[] png(int width, int height, int colours, int bits, String... chunks)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(0x89504e470d0a1a0aL);
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(header);
        fields.writeInt(width);
        fields.writeInt(height);
        fields.write(new byte[]{(byte) bits, (byte) colours, 0, 0, 0});
        chunk(out, "IHDR", header.toByteArray());
        for (String name : chunks) {
            chunk(out, name, switch (name) {
                case "gAMA" -> new byte[]{0, 1, 0x11, 0x70};
                case "tRNS" -> new byte[colours == RGB ? 6 : 2];
                case "tEXt" -> "Title\0x".getBytes(StandardCharsets.ISO_8859_1);
                default -> throw new IllegalArgumentException(name);
            });
        }
        if (colours == PALETTE) {
            byte[] palette = new byte[3 * 256];
            random.nextBytes(palette);
            chunk(out, "PLTE", palette);
        }
        int samples = switch (colours) {
            case RGB -> 3;
            case 6 -> 4;
            default -> 1;
        };
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
            byte[] row = new byte[(width * samples * bits + 7) / 8];
            for (int y = 0; y < height; y++) {
                random.nextBytes(row);
                deflater.write(y % 5);
                deflater.write(row);
            }
        }
        byte[] all = packed.toByteArray(); // in two parts
        chunk(out, "IDAT", java.util.Arrays.copyOf(all, all.length / 2));
        chunk(out, "IDAT", java.util.Arrays.copyOfRange(all, all.length / 2, all.length));
        chunk(out, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) crc.getValue());
    }

    private static void assertAsTheJdk(byte[] file) throws IOException {
        Optional<PlainPng> ours = PlainPng.decode(file, Images.MAX_PIXELS);
        assertTrue(ours.isPresent());
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
        assertEquals(image.getWidth(), ours.get().width());
        assertEquals(image.getHeight(), ours.get().height());
        boolean grey = image.getRaster().getNumBands() == 1
                && !(image.getColorModel() instanceof IndexColorModel);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int expected = grey // Java2D takes grey for linear light
                        ? image.getRaster().getSample(x, y, 0) * 0x010101
                        : image.getRGB(x, y) & 0xffffff;
                assertEquals(expected, ours.get().rgb()[y * image.getWidth() + x],
                        "row " + y + ", column " + x);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 13", "13, 1", "37, 23"})
    void decodesAsTheJdkDoes(int width, int height) throws IOException {
        for (int colours : new int[]{GREY, RGB, PALETTE}) {
            assertAsTheJdk(png(width, height, colours, 8));
            assertAsTheJdk(png(width, height, colours, 8, "gAMA", "tEXt"));
        }
    }

    @Test
    void decodesWhatTheJdkWrites() throws IOException {
        BufferedImage image = new BufferedImage(31, 17, BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < 31 * 17; i++) {
            image.setRGB(i % 31, i / 31, random.nextInt());
        }
        assertAsTheJdk(Images.png(image));
    }

    @Test
    void leavesTheRestToTheJdk() throws IOException {
        assertLeft(png(7, 5, RGB, 16));
        assertLeft(png(7, 5, GREY, 4));
        assertLeft(png(7, 5, 6, 8));
        assertLeft(png(7, 5, RGB, 8, "tRNS"));
        assertLeft("no picture at all, but long enough".getBytes(StandardCharsets.US_ASCII));
        assertTrue(PlainPng.decode(png(7, 5, RGB, 8), 34).isEmpty(), "more than is allowed");
        // both ways a picture is read
        for (byte[] file : new byte[][]{png(7, 5, 6, 8), png(7, 5, RGB, 8)}) {
            assertEquals(7, Images.read(file, 100).width());
        }
    }

    /** What is damaged is left too: it is the JDK that says how. */
    @Test
    void decodesNothingThatIsDamaged() throws IOException {
        byte[] file = png(7, 5, RGB, 8);
        for (int at = 0; at < file.length; at++) {
            byte[] damaged = file.clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            assertLeft(damaged);
            assertLeft(java.util.Arrays.copyOf(file, at));
        }
        byte[] wrongIndex = png(9, 9, PALETTE, 8);
        byte[] shortPalette = new byte[3];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        int palette = 8 + 25; // the signature, the header
        out.write(wrongIndex, 0, palette);
        chunk(out, "PLTE", shortPalette);
        out.write(wrongIndex, palette + 12 + 768, wrongIndex.length - palette - 12 - 768);
        assertLeft(bytes.toByteArray());
    }

    private static void assertLeft(byte[] file) {
        assertTrue(PlainPng.decode(file, Images.MAX_PIXELS).isEmpty());
    }
}
