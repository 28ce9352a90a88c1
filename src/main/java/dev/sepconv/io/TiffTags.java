package dev.sepconv.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.stream.ImageInputStream;

/**
 * What a TIFF header and its directories say that decoders don't tell, or not safely: which way up
 * a stored picture is (EXIF, CIPA DC-008, tag 274), which all formats carry in such a block, and
 * how many pages a TIFF has.
 */
final class TiffTags {

    static final int AS_STORED = 1;

    private static final int TAG = 274;
    private static final int SHORT = 3;
    private static final int ENTRY_BYTES = 12;
    private static final int MOST_PAGES = 1 << 20;

    private TiffTags() {
    }

    /**
     * The stored orientation, from 1 to 8; {@link #AS_STORED} where there is none, or none that
     * makes sense. The stream is rewound.
     */
    static int orientation(ImageInputStream stream) throws IOException {
        stream.seek(0);
        ByteOrder order = stream.getByteOrder();
        try {
            stream.setByteOrder(ByteOrder.BIG_ENDIAN);
            long block = block(stream);
            return block < 0 ? AS_STORED : read(stream, block);
        } catch (EOFException e) {
            // damaged metadata makes no damaged picture: it is shown as stored
            return AS_STORED;
        } finally {
            stream.setByteOrder(order);
            stream.seek(0);
        }
    }

    /** Where the block begins, or -1. */
    private static long block(ImageInputStream stream) throws IOException {
        int head = stream.readInt();
        if (head == 0x49492a00 || head == 0x4d4d002a) { // TIFF
            return 0;
        }
        if (head >>> 16 == 0xffd8) {
            return jpegBlock(stream);
        }
        if (head == 0x89504e47) {
            return pngBlock(stream);
        }
        return head == 0x52494646 ? webpBlock(stream) : -1; // RIFF
    }

    private static long jpegBlock(ImageInputStream stream) throws IOException {
        for (long at = 2;;) {
            stream.seek(at);
            int marker = stream.readUnsignedShort();
            if (marker == 0xffff) { // a filler byte
                at++;
                continue;
            }
            // garbage, or the scan, after which there is nothing of this
            if (marker >> 8 != 0xff || marker == 0xffda) {
                return -1;
            }
            int length = stream.readUnsignedShort();
            if (marker == 0xffe1 && length >= 8 && isExif(stream)) {
                return at + 10;
            }
            at += 2 + Math.max(2, length);
        }
    }

    /** Whether "Exif", 0, 0 comes next. */
    private static boolean isExif(ImageInputStream stream) throws IOException {
        return stream.readInt() == 0x45786966 && stream.readUnsignedShort() == 0;
    }

    private static long pngBlock(ImageInputStream stream) throws IOException {
        for (long at = 8;;) {
            stream.seek(at);
            long length = stream.readUnsignedInt();
            int type = stream.readInt();
            if (type == 0x65584966) { // eXIf
                return at + 8;
            }
            if (type == 0x49454e44) { // IEND
                return -1;
            }
            at += 12 + length;
        }
    }

    private static long webpBlock(ImageInputStream stream) throws IOException {
        for (long at = 12;;) {
            stream.seek(at);
            int type = stream.readInt();
            stream.setByteOrder(ByteOrder.LITTLE_ENDIAN);
            long length = stream.readUnsignedInt();
            stream.setByteOrder(ByteOrder.BIG_ENDIAN);
            if (type == 0x45584946) { // EXIF; some writers put JPEG's six letters before the block
                return isExif(stream) ? at + 14 : at + 8;
            }
            at += 8 + length + length % 2;
        }
    }

    private static int read(ImageInputStream stream, long block) throws IOException {
        stream.seek(block);
        int order = stream.readUnsignedShort();
        stream.setByteOrder(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        if (stream.readUnsignedShort() != 42) {
            return AS_STORED;
        }
        long directory = block + stream.readUnsignedInt();
        stream.seek(directory);
        int entries = stream.readUnsignedShort();
        for (int i = 0; i < entries; i++) {
            stream.seek(directory + 2 + (long) i * ENTRY_BYTES);
            if (stream.readUnsignedShort() == TAG) {
                int type = stream.readUnsignedShort();
                stream.skipBytes(4);
                int value = stream.readUnsignedShort();
                return type == SHORT && value >= 1 && value <= 8 ? value : AS_STORED;
            }
        }
        return AS_STORED;
    }

    /**
     * How many pages a TIFF has, at least 1. A page that is its own successor, or an earlier one's,
     * ends the count.
     */
    static int pages(ImageInputStream stream) throws IOException {
        Set<Long> seen = new HashSet<>();
        try {
            stream.seek(0);
            stream.setByteOrder(stream.readUnsignedShort() == 0x4949
                    ? ByteOrder.LITTLE_ENDIAN
                    : ByteOrder.BIG_ENDIAN);
            stream.skipBytes(2);
            for (long next = stream.readUnsignedInt(); next != 0 && seen.size() < MOST_PAGES
                    && seen.add(next);) {
                stream.seek(next);
                stream.seek(next + 2 + (long) stream.readUnsignedShort() * ENTRY_BYTES);
                next = stream.readUnsignedInt();
            }
        } catch (EOFException e) {
            // the last one that is whole
        }
        return Math.max(1, seen.size());
    }
}
