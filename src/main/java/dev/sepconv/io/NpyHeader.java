package dev.sepconv.io;

import dev.sepconv.Shape;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands before the numbers of a .npy file (NumPy, "NEP 1 - A simple file format for NumPy
 * arrays"), checked against the file's length.
 *
 * @param element the type of the numbers
 * @param order their byte order
 * @param columnMajor whether the first dimension varies fastest: Fortran order
 * @param shape the dimensions, outermost first, each at least 0; empty for a single number
 * @param dataOffset where the numbers start, in bytes
 */
public record NpyHeader(Element element, ByteOrder order, boolean columnMajor, List<Integer> shape,
        long dataOffset) {

    /** The types that can be read, by the code that a .npy file has for them. */
    public enum Element {
        BOOL("b1"),
        INT8("i1"),
        INT16("i2"),
        INT32("i4"),
        INT64("i8"),
        UINT8("u1"),
        UINT16("u2"),
        UINT32("u4"),
        UINT64("u8"),
        FLOAT16("f2"),
        FLOAT32("f4"),
        FLOAT64("f8");

        private final String code;

        Element(String code) {
            this.code = code;
        }

        /** Bytes a number. */
        int size() {
            return code.charAt(1) - '0';
        }

        /** NumPy's name for it, for example {@code float64}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** NumPy refuses longer ones too. */
    private static final int LONGEST = 10_000;
    private static final Pattern DESCR = Pattern
            .compile("['\"]descr['\"]\\s*:\\s*(?:'([^']*)'|\"([^\"]*)\"|([\\[({]))");
    private static final Pattern FORTRAN = Pattern
            .compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([^)]*)\\)");
    /** Python 2 wrote an L after long ones. */
    private static final Pattern SIZE = Pattern.compile("(\\d+)L?");

    /** How many numbers there are. */
    public int elements() {
        return shape.contains(0) ? 0 : shape.stream().reduce(1, Math::multiplyExact);
    }

    /** What has to be converted to make it float32 in C order, for people; empty if nothing. */
    public Optional<String> conversion() {
        List<String> from = new ArrayList<>();
        List<String> to = new ArrayList<>();
        if (element != Element.FLOAT32) {
            from.add(element.toString());
            to.add("float32");
        }
        if (order == ByteOrder.BIG_ENDIAN && element.size() > 1) {
            from.add("big-endian");
            to.add("little-endian");
        }
        if (columnMajor && shape.size() > 1) {
            from.add("Fortran order");
            to.add("C order");
        }
        return from.isEmpty()
                ? Optional.empty()
                : Optional.of("%s converted to %s".formatted(String.join(", ", from),
                        String.join(", ", to)));
    }

    /**
     * @throws IOException if it is no .npy file, or its length is not what its header says
     * @throws IllegalArgumentException if it is one of a type that can't be read, or of more
     * numbers than an array can have
     */
    static NpyHeader read(Path file, FileChannel channel) throws IOException {
        long length = channel.size();
        if (length == 0) {
            throw new IOException(file + " is empty; it must be a NumPy .npy file");
        }
        ByteBuffer start = bytes(channel, 0, (int) Math.min(length, 12))
                .order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[Math.min(MAGIC.length, start.remaining())];
        start.get(magic);
        if (!Arrays.equals(magic, 0, magic.length, MAGIC, 0, magic.length)) {
            throw new IOException(
                    file + " is no NumPy .npy file: it does not start with \\x93NUMPY");
        }
        if (length < 12) {
            throw cutShort(file, "within its header");
        }
        int version = start.get();
        start.get(); // the minor version, always 0
        if (version < 1 || version > 3) {
            throw new IOException("%s has .npy format version %d; 1, 2 and 3 can be read"
                    .formatted(file, version));
        }
        int offset = version == 1 ? 10 : 12;
        long headerLength = version == 1
                ? start.getShort() & 0xFFFF
                : start.getInt() & 0xFFFF_FFFFL;
        if (headerLength > LONGEST) {
            throw new IOException(
                    "%s is damaged: it claims a header of %d bytes".formatted(file, headerLength));
        }
        if (offset + headerLength > length) {
            throw cutShort(file, "within its header");
        }
        String text = (version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1)
                .decode(bytes(channel, offset, (int) headerLength)).toString();
        return parse(file, text, offset + headerLength, length);
    }

    private static NpyHeader parse(Path file, String text, long dataOffset, long length)
            throws IOException {
        Matcher descr = find(file, DESCR, text);
        Matcher fortran = find(file, FORTRAN, text);
        Matcher shape = find(file, SHAPE, text);
        if (descr.group(3) != null) {
            throw new IllegalArgumentException(file
                    + " holds structured elements; they must be plain numbers, for example float32");
        }
        String type = descr.group(1) != null ? descr.group(1) : descr.group(2);
        Element element = element(file, type);
        List<BigInteger> dimensions = dimensions(file, shape.group(1));
        BigInteger product = dimensions.stream().reduce(BigInteger.ONE, BigInteger::multiply);
        BigInteger needed = product.multiply(BigInteger.valueOf(element.size()));
        long there = length - dataOffset;
        int compared = needed.compareTo(BigInteger.valueOf(there));
        if (compared > 0) {
            throw new IOException(
                    "%s is damaged or cut short: shape %s of %s needs %d bytes, %d are there"
                            .formatted(file, dimensions, element, needed, there));
        }
        if (compared < 0) {
            throw new IOException(
                    "%s has more than one array or is damaged: shape %s of %s needs %d bytes, %d are there"
                            .formatted(file, dimensions, element, needed, there));
        }
        BigInteger most = BigInteger.valueOf(Shape.MAX_ELEMENTS);
        if (product.compareTo(most) > 0
                || dimensions.stream().anyMatch(size -> size.compareTo(most) > 0)) {
            throw new IllegalArgumentException("%s is too large: shape %s has more than %d elements"
                    .formatted(file, dimensions, most));
        }
        return new NpyHeader(element,
                type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                fortran.group(1).equals("True"),
                dimensions.stream().map(BigInteger::intValueExact).toList(), dataOffset);
    }

    private static Element element(Path file, String type) {
        String code = type.replaceFirst("^[<>|=]", "");
        return Arrays.stream(Element.values()).filter(element -> element.code.equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s holds elements of type '%s' (%s); they must be float32, or floats, integers or bools to convert"
                                .formatted(file, Printable.sentence(type), kind(code))));
    }

    private static String kind(String code) {
        return switch (code.isEmpty() ? ' ' : code.charAt(0)) {
            case 'O' -> "Python objects";
            case 'c' -> "complex numbers";
            case 'S', 'a', 'U' -> "text";
            case 'M', 'm' -> "dates or times";
            case 'V' -> "raw bytes";
            case 'f' -> "floats of another size";
            default -> "unknown";
        };
    }

    private static List<BigInteger> dimensions(Path file, String tuple) throws IOException {
        if (tuple.isBlank()) {
            return List.of();
        }
        String listed = tuple.strip();
        List<BigInteger> dimensions = new ArrayList<>();
        for (String part : (listed.endsWith(",")
                ? listed.substring(0, listed.length() - 1)
                : listed).split(",", -1)) {
            Matcher size = SIZE.matcher(part.strip());
            if (!size.matches()) {
                throw new IOException("%s is damaged: its header gives the shape as (%s)"
                        .formatted(file, Printable.sentence(tuple)));
            }
            dimensions.add(new BigInteger(size.group(1)));
        }
        return dimensions;
    }

    private static Matcher find(Path file, Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException(file + " is damaged: its header is not what NumPy writes");
        }
        return matcher;
    }

    private static ByteBuffer bytes(FileChannel channel, long from, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
            // read on until all of it is there
        }
        return buffer.flip();
    }

    private static IOException cutShort(Path file, String where) {
        return new IOException("%s is damaged or cut short: it ends %s".formatted(file, where));
    }
}
