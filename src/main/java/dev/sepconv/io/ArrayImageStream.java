package dev.sepconv.io;

import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file in memory for ImageIO, whose own stream for it copies the bytes and throws an
 * {@link IndexOutOfBoundsException} where a damaged file points behind its end.
 */
final class ArrayImageStream extends ImageInputStreamImpl {

    private final byte[] file;

    /** Typed so that checking a caller's class does not load ImageIO's. */
    static ImageInputStream of(byte[] file) {
        return new ArrayImageStream(file);
    }

    private ArrayImageStream(byte[] file) {
        this.file = file;
    }

    @Override
    public int read() {
        bitOffset = 0;
        return streamPos < file.length ? file[(int) streamPos++] & 255 : -1;
    }

    @Override
    public int read(byte[] to, int offset, int most) {
        bitOffset = 0;
        if (most == 0) {
            return 0;
        }
        if (streamPos >= file.length) {
            return -1;
        }
        int count = (int) Math.min(most, file.length - streamPos);
        System.arraycopy(file, (int) streamPos, to, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return file.length;
    }
}
