package dev.sepconv.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Shape;
import dev.sepconv.io.Images.Picture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same picture in every format: four quarters of red, green, blue and white; whole, cut off,
 * damaged, huge, animated.
 */
class ImageFormatsTest {

    private static final int WIDTH = 24;
    private static final int HEIGHT = 16;

    /** The quarters as Chromium writes them; there is no writer of WebP in Java. */
    private static final String LOSSY = "VlA4IF4AAACwAwCdASoYABAALiUYjEYRERERABIlqALEagDK/9wABN5thc0qQAD+/ZuL0WH/uV0f//UIvt/+8+f/pR/+DrlH/9XRf8+n/62oEj//9XQnv/mQ7sCfny38AUt1QJAA";
    private static final String LOSSLESS = "VlA4TCsAAAAvF8ADAB8gEEjeHzqN+RcQFPwf3fxHZA+AMNtokpM8yf2PIKL/sU19AtUxAA==";

    @TempDir
    Path folder;

    private static BufferedImage quarters() {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            boolean left = i % WIDTH < WIDTH / 2;
            boolean top = i / WIDTH < HEIGHT / 2;
            image.setRGB(i % WIDTH, i / WIDTH,
                    top ? left ? 0xff0000 : 0x00ff00 : left ? 0x0000ff : 0xffffff);
        }
        return image;
    }

    private static byte[] encoded(String format) throws IOException {
        return switch (format) {
            case "webp" -> riff(Base64.getDecoder().decode(LOSSLESS));
            case "webp-lossy" -> riff(Base64.getDecoder().decode(LOSSY));
            case "tiff-lzw" -> tiff("LZW", quarters());
            case "tiff-deflate" -> tiff("Deflate", quarters());
            default -> {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                assertTrue(ImageIO.write(quarters(), format, bytes), format);
                yield bytes.toByteArray();
            }
        };
    }

    private static byte[] riff(byte[]... chunks) {
        int length = 4 + Arrays.stream(chunks).mapToInt(chunk -> chunk.length).sum();
        ByteBuffer file = ByteBuffer.allocate(8 + length).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(length)
                .put("WEBP".getBytes(StandardCharsets.US_ASCII));
        Arrays.stream(chunks).forEach(file::put);
        return file.array();
    }

    private static byte[] chunk(String name, byte[] data) {
        return ByteBuffer.allocate(8 + data.length + data.length % 2).order(ByteOrder.LITTLE_ENDIAN)
                .put(name.getBytes(StandardCharsets.US_ASCII)).putInt(data.length).put(data)
                .array();
    }

    /** Several pages in one TIFF. */
    private static byte[] tiff(String compression, BufferedImage... pages) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionType(compression);
            writer.prepareWriteSequence(null);
            for (BufferedImage page : pages) {
                writer.writeToSequence(new IIOImage(page, null, null), param);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** An animation whose second frame is black. */
    private static byte[] gif() throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.prepareWriteSequence(null);
            for (BufferedImage frame : new BufferedImage[]{quarters(),
                    new BufferedImage(WIDTH, HEIGHT, 1)}) {
                writer.writeToSequence(new IIOImage(frame, null, null),
                        writer.getDefaultWriteParam());
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static byte[] animatedWebp() {
        byte[] size = {WIDTH - 1, 0, 0, HEIGHT - 1, 0, 0};
        byte[] frame = ByteBuffer.allocate(16 + Base64.getDecoder().decode(LOSSLESS).length)
                .put(new byte[6]).put(size).put(new byte[4])
                .put(Base64.getDecoder().decode(LOSSLESS)).array();
        byte[] head = ByteBuffer.allocate(10).put((byte) 2).put(new byte[3]).put(size).array();
        return riff(chunk("VP8X", head), chunk("ANIM", new byte[6]), chunk("ANMF", frame),
                chunk("ANMF", frame));
    }

    private static Picture read(byte[] bytes) throws IOException {
        return Images.read(bytes, 100);
    }

    private static void assertQuarters(Picture picture, float tolerance) {
        assertEquals(Shape.of(3, HEIGHT, WIDTH), picture.rgb().shape());
        int[][] colours = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}};
        for (int i = 0; i < 4; i++) {
            for (int c = 0; c < 3; c++) {
                assertEquals(colours[i][c], picture.rgb().get(0, c, i / 2 * 8 + 4, i % 2 * 12 + 6),
                        tolerance, "quarter " + i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"gif, GIF, 0", "bmp, BMP, 0", "tiff, TIFF, 0", "tiff-lzw, TIFF, 0",
            "tiff-deflate, TIFF, 0", "webp, WebP, 0", "webp-lossy, WebP, 0.1", "png, PNG, 0",
            "jpeg, JPEG, 0.1"})
    void everyFormatIsReadWhateverItsName(String format, String name, float tolerance)
            throws IOException {
        Path file = Files.write(folder.resolve("picture.jpg"), encoded(format));
        Picture picture = Images.read(file, 100);
        assertQuarters(picture, tolerance);
        assertEquals(name, picture.format());
        assertEquals(1, picture.frames());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gif", "bmp", "tiff", "tiff-lzw", "tiff-deflate", "webp", "webp-lossy"})
    void noCutOffFileIsTakenForAPicture(String format) throws IOException {
        byte[] whole = encoded(format);
        Map<Integer, String> taken = new TreeMap<>();
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            String said = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> said(cut));
            if (!said.isEmpty() && !said.startsWith("the picture is")
                    && !said.startsWith("the picture can't be decoded")) {
                taken.put(length, said);
            }
        }
        assertTrue(taken.isEmpty(),
                () -> "of %d bytes these were taken though the picture is not whole: %s"
                        .formatted(whole.length, taken));
    }

    /** Why it is not read, or how it differs from the quarters; nothing where it is them. */
    private static String said(byte[] file) {
        try {
            assertQuarters(read(file), 0.1f);
            return "";
        } catch (IOException e) {
            return e.getMessage();
        } catch (AssertionError e) {
            return "taken: " + e.getMessage();
        }
    }

    /** Whatever a damaged file does to a decoder: a picture or one sentence, soon. */
    @ParameterizedTest
    @ValueSource(strings = {"gif", "bmp", "tiff-lzw", "webp", "webp-lossy", "png", "jpeg"})
    void damagedFilesEndInOneSentence(String format) throws IOException {
        byte[] whole = encoded(format);
        for (int at = 0; at < whole.length; at++) {
            for (byte value : new byte[]{0, -1, (byte) (whole[at] ^ 1)}) {
                byte[] damaged = whole.clone();
                damaged[at] = value;
                String place = "%s with byte %d as %d".formatted(format, at, value);
                assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                    try {
                        read(damaged);
                    } catch (IOException e) {
                        assertTrue(e.getMessage().startsWith("the picture "), e.getMessage());
                    }
                }, place);
            }
        }
    }

    @Test
    void ofSeveralFramesTheFirstIsTakenAndTheirNumberTold() throws IOException {
        Picture gif = read(gif());
        assertQuarters(gif, 0);
        assertEquals(2, gif.frames());
        Picture tiff = read(
                tiff("LZW", quarters(), new BufferedImage(3, 3, 1), new BufferedImage(3, 3, 1)));
        assertQuarters(tiff, 0);
        assertEquals(3, tiff.frames());
        Picture webp = read(animatedWebp());
        assertQuarters(webp, 0);
        assertEquals(2, webp.frames());
    }

    /**
     * The second directory's successor is the first: whoever counts pages must not do so for ever.
     */
    @Test
    void pagesInACircleEnd() throws IOException {
        byte[] file = tiff("LZW", quarters(), quarters());
        ByteBuffer tiff = ByteBuffer.wrap(file)
                .order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int first = tiff.getInt(4);
        int second = tiff.getInt(first + 2 + 12 * tiff.getShort(first));
        tiff.putInt(second + 2 + 12 * tiff.getShort(second), first);
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            try {
                assertQuarters(read(file), 0);
            } catch (IOException e) {
                assertTrue(e.getMessage().startsWith("the picture can't be decoded as TIFF"),
                        e.getMessage());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"gif", "bmp", "tiff", "webp"})
    void absurdSizesAreRefusedBeforeDecoding(String format) throws IOException {
        byte[] file = encoded(format);
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        switch (format) {
            case "gif" -> { // the screen, then the frame, which comes after the table of colours
                int frame = 13 + 3 * (2 << (file[10] & 7));
                while (file[frame] != 0x2c) {
                    frame++;
                }
                buffer.putShort(6, (short) 60000).putShort(8, (short) 60000);
                buffer.putShort(frame + 5, (short) 60000).putShort(frame + 7, (short) 60000);
            }
            case "bmp" -> buffer.putInt(18, 16384).putInt(22, 16384);
            case "tiff" -> {
                ByteBuffer tiff = buffer
                        .order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
                int first = tiff.getInt(4);
                for (int i = 0; i < tiff.getShort(first); i++) {
                    int entry = first + 2 + 12 * i;
                    if (tiff.getShort(entry) == 256 || tiff.getShort(entry) == 257) {
                        tiff.putShort(entry + 2, (short) 4).putInt(entry + 8, 60000);
                    }
                }
            }
            default -> buffer.putInt(21, 0x3fff | 0x3fff << 14); // 16384 by 16384
        }
        IOException e = assertThrows(IOException.class, () -> read(file));
        assertTrue(e.getMessage().matches(
                "the picture is (60000 by 60000|16384 by 16384) pixels; at most \\d+ million.*"
                        + (format.equals("bmp") ? "|the picture can't be decoded as BMP.*" : "")),
                e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "tiff", "webp"})
    void orientationIsReadOutsideOfJpegToo(String format) throws IOException {
        // a quarter turn clockwise: stored on its side, shown upright
        byte[] file = switch (format) {
            case "png" -> pngWith(exif());
            case "webp" -> riff(
                    chunk("VP8X",
                            ByteBuffer.allocate(10).put((byte) 8).put(new byte[3])
                                    .put(new byte[]{WIDTH - 1, 0, 0, HEIGHT - 1, 0, 0}).array()),
                    Base64.getDecoder().decode(LOSSLESS), chunk("EXIF", exif()));
            default -> tiffWithOrientation();
        };
        Picture picture = read(file);
        assertEquals(Shape.of(3, WIDTH, HEIGHT), picture.rgb().shape());
        assertArrayEquals(new float[]{0, 0, 1}, colour(picture, 2, 2));
        assertArrayEquals(new float[]{1, 0, 0}, colour(picture, 2, HEIGHT - 3));
        assertArrayEquals(new float[]{0, 1, 0}, colour(picture, WIDTH - 3, HEIGHT - 3));
    }

    private static float[] colour(Picture picture, int y, int x) {
        return new float[]{picture.rgb().get(0, 0, y, x), picture.rgb().get(0, 1, y, x),
                picture.rgb().get(0, 2, y, x)};
    }

    /** A TIFF block with one entry: orientation 6. */
    private static byte[] exif() {
        return ByteBuffer.allocate(26).order(ByteOrder.LITTLE_ENDIAN).putInt(0x002a4949).putInt(8)
                .putShort((short) 1).putShort((short) 274).putShort((short) 3).putInt(1)
                .putShort((short) 6).putShort((short) 0).putInt(0).array();
    }

    private static byte[] pngWith(byte[] block) throws IOException {
        byte[] png = encoded("png");
        ByteBuffer chunk = ByteBuffer.allocate(12 + block.length).putInt(block.length)
                .put("eXIf".getBytes(StandardCharsets.US_ASCII)).put(block);
        java.util.zip.CRC32 sum = new java.util.zip.CRC32();
        sum.update(chunk.array(), 4, 4 + block.length);
        chunk.putInt((int) sum.getValue());
        int header = 8 + 25;
        return ByteBuffer.allocate(png.length + chunk.capacity()).put(png, 0, header)
                .put(chunk.array()).put(png, header, png.length - header).array();
    }

    /**
     * The JDK's writer leaves the entry out: it takes the place of one that nobody needs
     * (RowsPerStrip's neighbour, 284).
     */
    private static byte[] tiffWithOrientation() throws IOException {
        byte[] file = encoded("tiff");
        ByteBuffer tiff = ByteBuffer.wrap(file)
                .order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int first = tiff.getInt(4);
        int count = tiff.getShort(first);
        // a directory of its own at the end, with the entry in its place by number
        ByteBuffer more = ByteBuffer.allocate(file.length + 2 + 12 * (count + 1) + 4)
                .order(tiff.order()).put(file);
        more.putInt(4, file.length).putShort((short) (count + 1));
        boolean put = false;
        for (int i = 0; i < count; i++) {
            int entry = first + 2 + 12 * i;
            if (!put && tiff.getShort(entry) > 274) {
                more.putShort((short) 274).putShort((short) 3).putInt(1).putShort((short) 6)
                        .putShort((short) 0);
                put = true;
            }
            more.put(file, entry, 12);
        }
        return more.putInt(0).array();
    }

    @Test
    void whatIsNoPictureIsNamed() throws IOException {
        assertSays("the picture is text, not a PNG, JPEG, GIF, BMP, TIFF, WebP or PPM picture",
                "hello");
        assertSays("the picture is a PDF document, not a PNG, ", "%PDF-1.7 …");
        assertSays("the picture is a HEIC picture, not a PNG, ", "\0\0\0\u0018ftypheic\0\0\0\0");
        assertSays("the picture is a web page, not a PNG, ", "<!DOCTYPE html><html>");
        assertSays("the picture is an SVG drawing, not a PNG, ", "<?xml version='1.0'?>\n<svg>");
        assertSays("the picture is not a PNG, ", "\u0001\u0002\u0003\u0004");
        assertEquals("the picture is empty (0 bytes)",
                assertThrows(IOException.class, () -> read(new byte[0])).getMessage());
    }

    private static void assertSays(String begin, String file) {
        String said = assertThrows(IOException.class,
                () -> read(file.getBytes(StandardCharsets.UTF_8))).getMessage();
        assertTrue(said.startsWith(begin), said);
    }

    /**
     * A program that has nothing of the command line's on its class path: the JDK's formats,
     * upright, and a sentence for WebP.
     */
    @Test
    void withoutOtherCodecsTheJdksAreRead() throws Exception {
        for (String format : new String[]{"png", "jpeg", "gif", "bmp", "tiff", "webp"}) {
            Files.write(folder.resolve("picture." + format), encoded(format));
        }
        Files.write(folder.resolve("turned.png"), pngWith(exif()));
        Path source = Files.writeString(folder.resolve("Reader.java"),
                """
                        import dev.sepconv.picture.Preparation;
                        import java.nio.file.Path;
                        void main(String[] files) {
                            for (String file : files) {
                                try {
                                    var shape = Preparation.PLAIN.withSize(dev.sepconv.picture.InputSize.OPEN).toTensor(Path.of(file)).shape();
                                    IO.println(Path.of(file).getFileName() + " " + shape);
                                } catch (java.io.IOException e) {
                                    IO.println(e.getMessage().replaceAll("picture \\\\S+/", ""));
                                }
                            }
                        }
                        """);
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--class-path",
                new File("target/classes").getAbsolutePath(), source.toString());
        for (String file : new String[]{"picture.png", "picture.jpeg", "picture.gif", "picture.bmp",
                "picture.tiff", "turned.png", "picture.webp"}) {
            builder.command().add(folder.resolve(file).toString());
        }
        Process process = builder.redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        assertEquals(
                """
                        picture.png [1, 3, 32, 32]
                        picture.jpeg [1, 3, 32, 32]
                        picture.gif [1, 3, 32, 32]
                        picture.bmp [1, 3, 32, 32]
                        picture.tiff [1, 3, 32, 32]
                        turned.png [1, 3, 32, 32]
                        picture.webp is a WebP picture; to read it, add the dependency com.twelvemonkeys.imageio:imageio-webp:3.12.0 to your program
                        """,
                out);
    }
}
