package dev.sepconv.io;

import dev.sepconv.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Pictures from files. Reads what the JDK decodes: PNG, JPEG, GIF, BMP, TIFF; with TwelveMonkeys'
 * imageio-webp and imageio-pnm on the class path also WebP and the PNM family (PPM, PGM, PBM), with
 * imageio-jpeg JPEGs of unusual colours. Writes PNG.
 */
public final class Images {

    /** The most pixels that a file may claim to have. */
    public static final long MAX_PIXELS = 100_000_000;

    /** What can be read, in words. */
    private static final String READABLE = "PNG, JPEG, GIF, BMP, TIFF, WebP or PPM";

    /** The formats' names here, by those that decoders give them. */
    private static final Map<String, String> FORMATS = Map.of("png", "PNG", "jpeg", "JPEG", "jpg",
            "JPEG", "gif", "GIF", "bmp", "BMP", "tif", "TIFF", "tiff", "TIFF", "webp", "WebP",
            "pnm", "PNM", "ppm", "PNM");

    /** Formats that may hold more than one picture and whose decoders count them safely. */
    private static final Set<String> MANY = Set.of("GIF", "WebP");

    /** While a picture is decoded: at most 8 bytes a pixel as the decoder has it, and 4 as RGB. */
    private static final int DECODING_BYTES = 12;

    /** A larger file is left to ImageIO, which keeps on disk what it has read. */
    private static final int MOST_BYTES = 8 << 20;

    private Images() {
    }

    /**
     * A picture that was read.
     *
     * @param rgb {@code [1, 3, h, w]}, NCHW, red, green, blue, each from 0 (none) to 1 (full), sRGB
     * as stored
     * @param format {@code PNG}, {@code JPEG}, {@code GIF}, {@code BMP}, {@code TIFF}, {@code WebP}
     * or {@code PNM}
     * @param originalWidth the file's width in pixels as it is shown, before any scaling
     * @param originalHeight the file's height
     * @param frames how many pictures the file holds, such as an animation's; this is the first
     */
    public record Picture(Tensor rgb, String format, int originalWidth, int originalHeight,
            int frames) {
        /** A picture that is alone in its file. */
        public Picture(Tensor rgb, String format, int originalWidth, int originalHeight) {
            this(rgb, format, originalWidth, originalHeight, 1);
        }

        public int width() {
            return rgb.shape().w();
        }

        public int height() {
            return rgb.shape().h();
        }

        /** Whether it was larger in the file than it is here. */
        public boolean scaledDown() {
            return width() != originalWidth || height() != originalHeight;
        }
    }

    /**
     * Reads a picture of any kind as RGB: grey and palettes are spread out, transparency is laid on
     * white, a photograph's EXIF orientation is applied, of several frames or pages the first is
     * taken. One whose longer side is over {@code maxSide} is scaled down to it, each pixel the
     * mean of the area that it covers.
     *
     * @param maxSide pixels, at least 1
     * @throws IOException if the file can't be read, is no such picture, is damaged or cut off, or
     * claims more than {@link #MAX_PIXELS} or than this Java has memory for; the message is one
     * sentence
     */
    public static Picture read(Path file, int maxSide) throws IOException {
        String name = "picture " + file;
        if (Files.isDirectory(file)) {
            throw new IOException(
                    name + " is a folder; name a picture's file, PNG or JPEG for example");
        }
        if (!Files.exists(file)) {
            throw new IOException(name + " is not there: no such file");
        }
        InputFile.check(file);
        if (!Files.isReadable(file)) {
            throw new IOException(name + " can't be read: permission denied");
        }
        if (Files.isRegularFile(file) && Files.size(file) == 0) {
            throw new IOException(name + " is empty (0 bytes)");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, name, maxSide);
        }
    }

    /** {@link #read(Path, int)} of an encoded picture in memory. */
    public static Picture read(byte[] encoded, int maxSide) throws IOException {
        if (encoded.length == 0) {
            throw new IOException("the picture is empty (0 bytes)");
        }
        return read(new ByteArrayInputStream(encoded), "the picture", maxSide);
    }

    /**
     * {@link #read(Path, int)} from a stream, which is not closed.
     *
     * @param name what messages call the picture
     */
    public static Picture read(InputStream in, String name, int maxSide) throws IOException {
        if (maxSide < 1) {
            throw new IllegalArgumentException(
                    "longest side is %d; it must be at least 1".formatted(maxSide));
        }
        byte[] file = in.readNBytes(MOST_BYTES);
        if (!PlainPng.isPng(file)) {
            return decode(file, in, name, maxSide);
        }
        long pixels = PlainPng.pixels(file);
        int room = DecodingRoom.take(
                pixels > mostPixels() ? 0 : 3L * file.length + decodingBytes(pixels, maxSide));
        try {
            Optional<PlainPng> plain = PlainPng.decode(file, mostPixels());
            if (plain.isPresent()) {
                Tensor rgb = Resampling.shrink(plain.get().rgb(), plain.get().height(),
                        plain.get().width(), maxSide);
                return new Picture(rgb, "PNG", plain.get().width(), plain.get().height());
            }
        } finally {
            DecodingRoom.release(room);
        }
        return decode(file, in, name, maxSide);
    }

    /**
     * By what plugins ImageIO finds.
     *
     * @param start what was read of {@code in}
     */
    private static Picture decode(byte[] start, InputStream in, String name, int maxSide)
            throws IOException {
        try (ImageInputStream stream = start.length < MOST_BYTES
                ? ArrayImageStream.of(start)
                : ImageIO.createImageInputStream(
                        new SequenceInputStream(new ByteArrayInputStream(start), in))) {
            int orientation = TiffTags.orientation(stream);
            ImageReader reader = reader(stream, name);
            try {
                reader.setInput(stream);
                Picture picture = decode(reader, name, maxSide, orientation);
                String format = picture.format();
                if (format.equals("JPEG") && !scanBegins(stream)
                        || format.equals("WebP") && !webpEnds(stream)) {
                    throw cutOff(name, format);
                }
                // the JDK's own count never ends where pages form a circle
                return format.equals("TIFF")
                        ? new Picture(picture.rgb(), format, picture.originalWidth(),
                                picture.originalHeight(), TiffTags.pages(stream))
                        : picture;
            } finally {
                reader.dispose();
            }
        }
    }

    private static ImageReader reader(ImageInputStream stream, String name) throws IOException {
        for (Iterator<ImageReader> readers = ImageIO.getImageReaders(stream); readers.hasNext();) {
            ImageReader reader = readers.next();
            if (format(reader) != null) {
                return reader;
            }
            reader.dispose();
        }
        byte[] head = new byte[512];
        stream.seek(0);
        int length = Math.max(0, stream.read(head));
        Optional<String> kind = FileKind.of(Arrays.copyOf(head, length));
        boolean pnm = length > 2 && head[0] == 'P' && head[1] >= '1' && head[1] <= '7'
                && Character.isWhitespace(head[2]);
        if (pnm || kind.isPresent() && kind.get().equals("a WebP picture")) {
            throw new IOException(
                    "%s is a %s picture; to read it, add the dependency %s to your program"
                            .formatted(name, pnm ? "PNM" : "WebP", codec(pnm ? "pnm" : "webp")));
        }
        throw new IOException(name + " is " + kind.map(each -> each + ", not").orElse("not") + " a "
                + READABLE + " picture");
    }

    /** The Maven coordinates of a codec that is not part of the library (docs/decisions/0002). */
    private static String codec(String format) {
        return "com.twelvemonkeys.imageio:imageio-%s:3.12.0".formatted(format);
    }

    /** The format's name here; null where it is none of those that are read. */
    private static String format(ImageReader reader) {
        return FORMATS
                .get(reader.getOriginatingProvider().getFormatNames()[0].toLowerCase(Locale.ROOT));
    }

    private static Picture decode(ImageReader reader, String name, int maxSide, int orientation)
            throws IOException {
        int room = DecodingRoom.take(decodingBytes(reader, maxSide));
        try {
            return decodeInRoom(reader, name, maxSide, orientation);
        } finally {
            DecodingRoom.release(room);
        }
    }

    /** None for what will be refused. */
    private static long decodingBytes(ImageReader reader, int maxSide) {
        try {
            long pixels = Math.max(0, (long) reader.getWidth(0) * reader.getHeight(0));
            return pixels > mostPixels() ? 0 : decodingBytes(pixels, maxSide);
        } catch (IOException | RuntimeException e) {
            return 0; // decoding says what is wrong
        }
    }

    private static long decodingBytes(long pixels, int maxSide) {
        return pixels * DECODING_BYTES
                + Math.min(pixels, (long) maxSide * maxSide) * 3 * Float.BYTES;
    }

    private static Picture decodeInRoom(ImageReader reader, String name, int maxSide,
            int orientation) throws IOException {
        String format = format(reader);
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        BufferedImage stored;
        int frames;
        try {
            refuseTooLarge(name, reader.getWidth(0), reader.getHeight(0));
            stored = reader.read(0);
            frames = MANY.contains(format) ? reader.getNumImages(true) : 1;
        } catch (TooLargeException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // decoders throw all sorts of things at damaged files
            throw new IOException(
                    "%s can't be decoded as %s: the file is damaged or cut off%s".formatted(name,
                            format,
                            format.equals("JPEG") || format.equals("TIFF")
                                    ? ", or its colours are of a kind that isn't known"
                                    : "")
                            + (format.equals("JPEG")
                                    && reader.getClass().getName().startsWith("com.sun.")
                                            ? "; more kinds are read with the dependency %s in your program"
                                                    .formatted(codec("jpeg"))
                                            : ""),
                    e);
        }
        // JPEG decoders fill the missing part of a file with grey and only warn
        if (warnings.stream()
                .anyMatch(warning -> warning.toLowerCase(Locale.ROOT).contains("premature end"))) {
            throw cutOff(name, format);
        }
        boolean turned = orientation > 4;
        int width = turned ? stored.getHeight() : stored.getWidth();
        int height = turned ? stored.getWidth() : stored.getHeight();
        boolean asTheyAre = Rasters.isBytes(stored) && Math.max(width, height) <= maxSide;
        Tensor rgb = asTheyAre
                ? Rasters.samples(stored)
                : Rasters.shrink(Rasters.toRgb(stored), maxSide);
        return new Picture(Rasters.upright(rgb, orientation), format, width, height, frames);
    }

    private static IOException cutOff(String name, String format) {
        return new IOException(
                "%s is cut off: the %s data ends before the picture does".formatted(name, format));
    }

    /**
     * Whether a JPEG's first scan has any data: cut inside the scan's header, decoders give a grey
     * picture without a warning.
     */
    private static boolean scanBegins(ImageInputStream stream) throws IOException {
        final int startOfScan = 0xffda;
        long at = 2;
        try {
            while (true) {
                stream.seek(at);
                int marker = stream.readUnsignedShort();
                if (marker >> 8 != 0xff || marker == 0xffff) {
                    // filler or garbage between segments, which decoders put up with
                    return true;
                }
                at += 2 + stream.readUnsignedShort();
                if (marker == startOfScan) {
                    stream.seek(at);
                    return stream.read() >= 0;
                }
            }
        } catch (EOFException e) {
            return false;
        }
    }

    /** Whether a WebP is as long as it says: a decoder takes what is missing for black. */
    private static boolean webpEnds(ImageInputStream stream) throws IOException {
        stream.seek(4);
        stream.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        long length = 8 + stream.readUnsignedInt();
        stream.seek(length - 2); // the last byte may be padding
        return stream.read() >= 0;
    }

    private static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException(String message) {
            super(message);
        }
    }

    /**
     * A header is believed only as far as memory goes: it is looked at before anything is
     * allocated.
     */
    private static void refuseTooLarge(String name, long width, long height)
            throws TooLargeException {
        long pixels = width * height;
        long room = mostPixels();
        if (pixels > room) {
            throw new TooLargeException(
                    "%s is %d by %d pixels; at most %d million pixels can be read here%s".formatted(
                            name, width, height, room / 1_000_000,
                            room < MAX_PIXELS ? " (more with a larger Java heap)" : ""));
        }
    }

    /** How many pixels can be decoded. */
    private static long mostPixels() {
        return Math.min(MAX_PIXELS, DecodingRoom.bytes() / DECODING_BYTES);
    }

    /** The bytes of a picture as a PNG file. */
    public static byte[] png(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, "png", bytes)) {
            throw new IOException("this Java has no PNG writer");
        }
        return bytes.toByteArray();
    }
}
