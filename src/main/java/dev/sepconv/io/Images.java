package dev.sepconv.io;

import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferInt;
import java.awt.image.Raster;
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
 * Pictures in and out of tensors. Reads what the JDK decodes: PNG, JPEG, GIF, BMP, TIFF; with
 * TwelveMonkeys' imageio-webp and imageio-pnm on the class path also WebP and the PNM family (PPM,
 * PGM, PBM), with imageio-jpeg JPEGs of unusual colours. Writes PNG.
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

    /** A sample of 0 to 255 as one from 0 to 1. */
    private static final float[] SAMPLES = new float[256];

    static {
        for (int i = 0; i < SAMPLES.length; i++) {
            SAMPLES[i] = i / 255f;
        }
    }

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
                Tensor rgb = shrink(plain.get().rgb(), plain.get().height(), plain.get().width(),
                        maxSide);
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
                ? new ArrayImageStream(start)
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
        boolean asTheyAre = isBytes(stored) && Math.max(width, height) <= maxSide;
        Tensor rgb = asTheyAre ? samples(stored) : shrink(toRgb(stored), maxSide);
        return new Picture(upright(rgb, orientation), format, width, height, frames);
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

    private static BufferedImage toRgb(BufferedImage image) {
        BufferedImage rgb = new BufferedImage(image.getWidth(), image.getHeight(),
                BufferedImage.TYPE_INT_RGB);
        ColorModel model = image.getColorModel();
        if (model instanceof ComponentColorModel
                && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY) {
            spreadGrey(image, rgb);
            return rgb;
        }
        Graphics2D graphics = rgb.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, rgb.getWidth(), rgb.getHeight());
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        return rgb;
    }

    /**
     * Java2D takes grey for linear light and would brighten it; the samples of a grey file are sRGB
     * as those of a colour file.
     */
    private static void spreadGrey(BufferedImage image, BufferedImage rgb) {
        Raster raster = image.getRaster();
        int type = raster.getTransferType();
        boolean real = type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE;
        double full = real ? 1 : (1L << image.getColorModel().getComponentSize(0)) - 1;
        boolean alpha = image.getColorModel().hasAlpha();
        boolean premultiplied = image.isAlphaPremultiplied();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                double grey = raster.getSampleDouble(x, y, 0) / full;
                if (alpha) {
                    double opaque = raster.getSampleDouble(x, y, 1) / full;
                    grey = (premultiplied ? grey : grey * opaque) + 1 - opaque;
                }
                int level = (int) Math.round(255 * Math.clamp(grey, 0, 1));
                rgb.setRGB(x, y, level << 16 | level << 8 | level);
            }
        }
    }

    /**
     * A picture as a tensor {@code [1, 3, h, w]}, NCHW, red, green, blue from 0 to 1, as
     * {@link #read} makes it: grey and palettes are spread out, transparency is laid on white.
     */
    public static Tensor toTensor(BufferedImage image) {
        return shrink(toRgb(image), Integer.MAX_VALUE);
    }

    /** Samples of a picture from 0 to 1 by channel, row and column. */
    private interface Samples {
        float at(int c, int y, int x);
    }

    private static Tensor shrink(BufferedImage rgb, int maxSide) {
        return shrink(((DataBufferInt) rgb.getRaster().getDataBuffer()).getData(), rgb.getHeight(),
                rgb.getWidth(), maxSide);
    }

    /** @param pixels row-major, {@code 0xRRGGBB} */
    private static Tensor shrink(int[] pixels, int height, int width, int maxSide) {
        if (Math.max(width, height) <= maxSide) {
            return samples(pixels, height, width);
        }
        return shrink(3, height, width,
                (c, y, x) -> SAMPLES[pixels[y * width + x] >> 16 - 8 * c & 255], maxSide);
    }

    /**
     * Whether its pixels are three bytes each, of sRGB and side by side, as most decoders leave
     * photographs.
     */
    private static boolean isBytes(BufferedImage image) {
        return image.getType() == BufferedImage.TYPE_3BYTE_BGR
                && image.getColorModel().getColorSpace().isCS_sRGB()
                && image.getRaster().getParent() == null
                && ((DataBufferByte) image.getRaster().getDataBuffer()).getData().length == 3L
                        * image.getWidth() * image.getHeight();
    }

    /** The same numbers as of {@link #toRgb}, without that copy. */
    private static Tensor samples(BufferedImage bytes) {
        byte[] pixels = ((DataBufferByte) bytes.getRaster().getDataBuffer()).getData();
        int[] offsets = ((ComponentSampleModel) bytes.getSampleModel()).getBandOffsets();
        Tensor picture = Tensor.zeros(Shape.of(3, bytes.getHeight(), bytes.getWidth()),
                Layout.NCHW);
        float[] data = picture.data();
        int count = data.length / 3;
        for (int c = 0; c < 3; c++) {
            int at = offsets[c];
            for (int i = 0; i < count; i++) {
                data[c * count + i] = SAMPLES[pixels[3 * i + at] & 255];
            }
        }
        return picture;
    }

    /** The samples of packed pixels, each as it is. */
    private static Tensor samples(int[] pixels, int height, int width) {
        Tensor picture = Tensor.zeros(Shape.of(3, height, width), Layout.NCHW);
        float[] data = picture.data();
        int count = height * width;
        for (int i = 0; i < count; i++) {
            int pixel = pixels[i];
            data[i] = SAMPLES[pixel >> 16 & 255];
            data[count + i] = SAMPLES[pixel >> 8 & 255];
            data[2 * count + i] = SAMPLES[pixel & 255];
        }
        return picture;
    }

    /**
     * A tensor with no side over {@code maxSide}, each element the mean of the area that it covers;
     * the same one if it is small enough already.
     *
     * @param picture {@code [1, c, h, w]}, NCHW
     */
    public static Tensor shrink(Tensor picture, int maxSide) {
        Shape shape = picture.shape();
        return Math.max(shape.h(), shape.w()) <= maxSide
                ? picture
                : shrink(shape.c(), shape.h(), shape.w(), (c, y, x) -> picture.get(0, c, y, x),
                        maxSide);
    }

    private static Tensor shrink(int channels, int height, int width, Samples samples,
            int maxSide) {
        double scale = Math.min(1, (double) maxSide / Math.max(width, height));
        int smallWidth = Math.max(1, (int) Math.round(width * scale));
        int smallHeight = Math.max(1, (int) Math.round(height * scale));
        Tensor small = Tensor.zeros(Shape.of(channels, smallHeight, smallWidth), Layout.NCHW);
        double stepX = (double) width / smallWidth;
        double stepY = (double) height / smallHeight;
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < smallHeight; y++) {
                for (int x = 0; x < smallWidth; x++) {
                    double sum = 0;
                    double area = 0;
                    for (int sy = (int) (y * stepY); sy < Math.min(height, (y + 1) * stepY); sy++) {
                        double high = Math.min(sy + 1, (y + 1) * stepY) - Math.max(sy, y * stepY);
                        for (int sx = (int) (x * stepX); sx < Math.min(width,
                                (x + 1) * stepX); sx++) {
                            double part = high
                                    * (Math.min(sx + 1, (x + 1) * stepX) - Math.max(sx, x * stepX));
                            sum += part * samples.at(c, sy, sx);
                            area += part;
                        }
                    }
                    small.set(0, c, y, x, (float) (sum / area));
                }
            }
        }
        return small;
    }

    /**
     * A tensor of another size, stretched if need be. Along each side linear between elements where
     * it grows; where it shrinks the same triangle, so many times wider, takes the mean of what it
     * covers (as Pillow's BILINEAR does).
     *
     * @param picture {@code [1, c, h, w]}, NCHW
     */
    public static Tensor resize(Tensor picture, int height, int width) {
        return resize(picture, height, width, 0, 0, height, width);
    }

    /**
     * A part of {@link #resize(Tensor, int, int)}; only that is computed.
     *
     * @param top its first row, at least 0
     * @param left its first column, at least 0
     * @param rows how many rows it has, within {@code height}
     * @param columns how many columns, within {@code width}
     */
    public static Tensor resize(Tensor picture, int height, int width, int top, int left, int rows,
            int columns) {
        Shape shape = picture.shape();
        Triangles down = Triangles.of(shape.h(), height, top, rows);
        Triangles across = Triangles.of(shape.w(), width, left, columns);
        int from = down.first[0];
        int count = down.first[rows - 1] + down.weights[rows - 1].length - from;
        Tensor result = Tensor.zeros(Shape.of(shape.c(), rows, columns), Layout.NCHW);
        float[] data = result.data();
        for (int c = 0; c < shape.c(); c++) {
            float[] lines = across(picture.data(), (c * shape.h() + from) * shape.w(), shape.w(),
                    count, across);
            for (int y = 0; y < rows; y++) {
                float[] weights = down.weights[y];
                int target = (c * rows + y) * columns;
                for (int s = 0; s < weights.length; s++) {
                    float weight = weights[s];
                    int source = (down.first[y] - from + s) * columns;
                    for (int x = 0; x < columns; x++) {
                        data[target + x] += weight * lines[source + x];
                    }
                }
            }
        }
        return result;
    }

    /** Rows, each of another length; four at once share the loop over weights, which is short. */
    private static float[] across(float[] data, int start, int width, int rows,
            Triangles triangles) {
        int columns = triangles.first.length;
        float[] result = new float[Math.multiplyExact(rows, columns)];
        int row = 0;
        for (; row + 4 <= rows; row += 4) {
            for (int x = 0; x < columns; x++) {
                float[] weights = triangles.weights[x];
                int source = start + row * width + triangles.first[x];
                float sum0 = 0;
                float sum1 = 0;
                float sum2 = 0;
                float sum3 = 0;
                for (int s = 0; s < weights.length; s++) {
                    float weight = weights[s];
                    sum0 += weight * data[source + s];
                    sum1 += weight * data[source + width + s];
                    sum2 += weight * data[source + 2 * width + s];
                    sum3 += weight * data[source + 3 * width + s];
                }
                int target = row * columns + x;
                result[target] = sum0;
                result[target + columns] = sum1;
                result[target + 2 * columns] = sum2;
                result[target + 3 * columns] = sum3;
            }
        }
        for (; row < rows; row++) {
            for (int x = 0; x < columns; x++) {
                float[] weights = triangles.weights[x];
                int source = start + row * width + triangles.first[x];
                float sum = 0;
                for (int s = 0; s < weights.length; s++) {
                    sum += weights[s] * data[source + s];
                }
                result[row * columns + x] = sum;
            }
        }
        return result;
    }

    /**
     * Of which elements each element of another length is made.
     *
     * @param first the first of them
     * @param weights what each weighs, from the first on
     */
    private record Triangles(int[] first, float[][] weights) {

        /**
         * @param from the length
         * @param to the other one
         * @param start the first of its elements that is wanted
         * @param wanted how many are
         */
        static Triangles of(int from, int to, int start, int wanted) {
            Triangles all = new Triangles(new int[wanted], new float[wanted][]);
            double scale = (double) from / to;
            double reach = Math.max(scale, 1);
            float[] weights = new float[(int) (2 * reach) + 3];
            for (int i = 0; i < wanted; i++) {
                double centre = (start + i + 0.5) * scale - 0.5;
                double sum = 0;
                int count = 0;
                for (int s = Math.max(0, (int) Math.floor(centre - reach)); s < from
                        && s <= centre + reach; s++) {
                    double weight = 1 - Math.abs(s - centre) / reach;
                    if (weight > 0) {
                        all.first[i] = count == 0 ? s : all.first[i];
                        weights[count++] = (float) weight;
                        sum += weight;
                    }
                }
                all.weights[i] = Arrays.copyOf(weights, count);
                for (int s = 0; s < count; s++) {
                    all.weights[i][s] /= (float) sum;
                }
            }
            return all;
        }
    }

    /**
     * Turns and mirrors a stored picture so that it is shown as EXIF's orientation says (CIPA
     * DC-008, tag 274).
     */
    private static Tensor upright(Tensor stored, int orientation) {
        if (orientation == 1) {
            return stored;
        }
        Shape shape = stored.shape();
        boolean turned = orientation > 4;
        int height = turned ? shape.w() : shape.h();
        int width = turned ? shape.h() : shape.w();
        Tensor shown = Tensor.zeros(Shape.of(shape.c(), height, width), Layout.NCHW);
        for (int c = 0; c < shape.c(); c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int row = switch (orientation) {
                        case 2 -> y;
                        case 3, 4 -> height - 1 - y;
                        case 5, 8 -> x;
                        default -> width - 1 - x;
                    };
                    int column = switch (orientation) {
                        case 2, 3 -> width - 1 - x;
                        case 4 -> x;
                        case 5, 6 -> y;
                        default -> height - 1 - y;
                    };
                    shown.set(0, c, y, x, stored.get(0, c, row, column));
                }
            }
        }
        return shown;
    }

    /**
     * The picture of a tensor whose values run from 0 to 1; those outside are cut.
     *
     * @param picture {@code [1, 3, h, w]} of red, green and blue, or {@code [1, 1, h, w]} of grey
     */
    public static BufferedImage toImage(Tensor picture) {
        Shape shape = picture.shape();
        boolean grey = shape.c() == 1;
        BufferedImage image = new BufferedImage(shape.w(), shape.h(),
                grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < shape.h(); y++) {
            for (int x = 0; x < shape.w(); x++) {
                for (int c = 0; c < shape.c(); c++) {
                    // bands by number, not setRGB: Java2D would take grey for linear light
                    image.getRaster().setSample(x, y, c,
                            Math.round(255 * Math.clamp(picture.get(0, c, y, x), 0f, 1f)));
                }
            }
        }
        return image;
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
