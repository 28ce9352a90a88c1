package dev.sepconv.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes the everyday PNG without ImageIO, whose search for plugins and whose windows system take
 * longer than a small network: 8 bits a sample, grey, RGB or a palette, no transparency, no
 * interlacing, upright. All else, and whatever is damaged, is left to ImageIO, which also finds the
 * words for it. As ImageIO, it takes samples for sRGB whatever the file says of gamma and profiles.
 * <p>
 * Source: W3C, Portable Network Graphics Specification, third edition (2025).
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb row-major, {@code 0xRRGGBB}
 */
record PlainPng(int width, int height, int[] rgb) {

    private static final long SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504c5445;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454e44;
    private static final int TRNS = 0x74524e53;
    private static final int EXIF = 0x65584966;
    /** Set in the types of chunks that decoders needn't know. */
    private static final int ANCILLARY = 1 << 29;

    private static final int GREY = 0;
    private static final int RGB = 2;
    private static final int PALETTE = 3;

    /** Up to the end of what says how large the picture is. */
    static final int HEAD_BYTES = 24;

    /** Whether a file of {@link #HEAD_BYTES} at least begins as a PNG does. */
    static boolean isPng(byte[] head) {
        return head.length >= HEAD_BYTES && ByteBuffer.wrap(head).getLong() == SIGNATURE;
    }

    /** How many pixels a PNG with that head says to have; 0 if none. */
    static long pixels(byte[] head) {
        ByteBuffer fields = ByteBuffer.wrap(head);
        return Math.max(0, (long) fields.getInt(16) * fields.getInt(20));
    }

    /**
     * @param most the most pixels
     * @return nothing if it is another kind, larger, or damaged
     */
    static Optional<PlainPng> decode(byte[] file, long most) {
        try {
            return Optional.ofNullable(read(ByteBuffer.wrap(file), most));
        } catch (DataFormatException | RuntimeException damaged) {
            return Optional.empty(); // ImageIO says what is wrong with it, if it agrees
        }
    }

    private static PlainPng read(ByteBuffer file, long most) throws DataFormatException {
        if (file.getLong() != SIGNATURE || file.getInt(12) != IHDR) {
            return null;
        }
        int width = 0;
        int height = 0;
        int colours = -1;
        byte[] palette = null;
        ByteArrayOutputStream packed = new ByteArrayOutputStream(file.capacity());
        while (true) {
            int length = file.getInt();
            int at = file.position();
            int type = file.getInt(at);
            ByteBuffer data = file.slice(at + 4, length);
            CRC32 crc = new CRC32();
            crc.update(file.slice(at, length + 4));
            file.position(at + 4 + length);
            if (file.getInt() != (int) crc.getValue()) {
                return null;
            }
            switch (type) {
                case IHDR -> {
                    width = data.getInt();
                    height = data.getInt();
                    boolean eightBits = data.get() == 8;
                    colours = data.get();
                    boolean usual = data.get() == 0 && data.get() == 0;
                    boolean interlaced = data.get() != 0;
                    if (!eightBits || !usual || interlaced || width < 1 || height < 1
                            || (long) width * height > most
                            || colours != GREY && colours != RGB && colours != PALETTE) {
                        return null;
                    }
                }
                case PLTE -> {
                    palette = new byte[length];
                    data.get(palette);
                }
                case IDAT -> packed.write(file.array(), at + 4, length);
                case IEND -> {
                    byte[] samples = unpack(packed.toByteArray(), width * (colours == RGB ? 3 : 1),
                            height, colours == RGB ? 3 : 1);
                    return new PlainPng(width, height,
                            spread(samples, width * height, colours, palette));
                }
                case TRNS, EXIF -> {
                    return null;
                }
                default -> {
                    if ((type & ANCILLARY) == 0) {
                        return null;
                    }
                }
            }
        }
    }

    /**
     * Inflates rows and takes their filters back.
     *
     * @param row bytes of one
     * @param pixel bytes of one
     */
    private static byte[] unpack(byte[] packed, int row, int height, int pixel)
            throws DataFormatException {
        byte[] samples = new byte[Math.multiplyExact(row, height)];
        byte[] filter = new byte[1];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            for (int y = 0; y < height; y++) {
                fill(inflater, filter, 0, 1);
                fill(inflater, samples, y * row, row);
                unfilter(filter[0], samples, y * row, row, pixel);
            }
            if (inflater.inflate(filter) != 0 || !inflater.finished()) {
                throw new DataFormatException("more than the picture");
            }
        } finally {
            inflater.end();
        }
        return samples;
    }

    private static void fill(Inflater inflater, byte[] into, int from, int count)
            throws DataFormatException {
        for (int done = 0; done < count;) {
            int more = inflater.inflate(into, from + done, count - done);
            if (more == 0) {
                throw new DataFormatException("cut off");
            }
            done += more;
        }
    }

    /** Section 9.2: each byte was written as its difference from a guess. */
    private static void unfilter(int filter, byte[] samples, int from, int row, int pixel)
            throws DataFormatException {
        if (filter < 0 || filter > 4) {
            throw new DataFormatException("filter " + filter);
        }
        for (int i = 0; i < row; i++) {
            int at = from + i;
            int left = i < pixel ? 0 : samples[at - pixel] & 255;
            int above = from == 0 ? 0 : samples[at - row] & 255;
            int corner = i < pixel || from == 0 ? 0 : samples[at - row - pixel] & 255;
            samples[at] += (byte) switch (filter) {
                case 0 -> 0;
                case 1 -> left;
                case 2 -> above;
                case 3 -> (left + above) / 2;
                default -> paeth(left, above, corner);
            };
        }
    }

    private static int paeth(int left, int above, int corner) {
        int guess = left + above - corner;
        int toLeft = Math.abs(guess - left);
        int toAbove = Math.abs(guess - above);
        int toCorner = Math.abs(guess - corner);
        return toLeft <= toAbove && toLeft <= toCorner
                ? left
                : toAbove <= toCorner ? above : corner;
    }

    private static int[] spread(byte[] samples, int pixels, int colours, byte[] palette) {
        int[] rgb = new int[pixels];
        for (int i = 0; i < pixels; i++) {
            rgb[i] = switch (colours) {
                case GREY -> (samples[i] & 255) * 0x010101;
                case RGB -> triple(samples, 3 * i);
                default -> triple(palette, 3 * (samples[i] & 255));
            };
        }
        return rgb;
    }

    private static int triple(byte[] bytes, int at) {
        return (bytes[at] & 255) << 16 | (bytes[at + 1] & 255) << 8 | bytes[at + 2] & 255;
    }
}
