package dev.sepconv.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a file looks like by its first bytes, for messages about files that are not what they should
 * be.
 */
public final class FileKind {

    private static final int HEAD = 512;

    /**
     * @param bytes Latin-1 characters; {@code ?} stands for any byte
     * @param name with its article
     */
    private record Signature(int at, String bytes, String name) {
        boolean matches(byte[] head) {
            if (head.length < at + bytes.length()) {
                return false;
            }
            for (int i = 0; i < bytes.length(); i++) {
                if (bytes.charAt(i) != '?' && bytes.charAt(i) != (head[at + i] & 255)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Signature> SIGNATURES = List.of(
            new Signature(0, "\u0089PNG\r\n\u001a\n", "a PNG picture"),
            new Signature(0, "\u00ff\u00d8\u00ff", "a JPEG picture"),
            new Signature(0, "GIF8?a", "a GIF picture"),
            new Signature(0, "RIFF????WEBP", "a WebP picture"),
            new Signature(0, "II*\0", "a TIFF picture"),
            new Signature(0, "MM\0*", "a TIFF picture"),
            new Signature(4, "ftypavif", "an AVIF picture"),
            new Signature(4, "ftyphei", "a HEIC picture"),
            new Signature(4, "ftypmif1", "a HEIC picture"), new Signature(4, "ftyp", "an MP4 film"),
            new Signature(0, "BM????\0\0\0\0", "a BMP picture"),
            new Signature(0, "PK\u0003\u0004",
                    "a ZIP archive, as PyTorch's .pt and .pth and Keras's .keras are"),
            new Signature(0, "\u0089HDF\r\n\u001a\n", "an HDF5 file, as Keras's .h5 is"),
            new Signature(4, "TFL3", "a TensorFlow Lite model"),
            new Signature(0, "\u0093NUMPY", "a NumPy array (.npy)"),
            new Signature(0, "\u0080\u0002", "a Python pickle, as PyTorch's old .pt and .pth are"),
            new Signature(0, "\u0080\u0003", "a Python pickle"),
            new Signature(0, "\u0080\u0004", "a Python pickle"),
            new Signature(0, "\u0080\u0005", "a Python pickle"),
            new Signature(0, "GGUF", "a GGUF model"), new Signature(0, "%PDF", "a PDF document"),
            new Signature(0, "\u001f\u008b", "a gzip archive; unpack it first"),
            new Signature(257, "ustar", "a tar archive; unpack it first"),
            new Signature(0, "version https://git-lfs",
                    "a Git LFS pointer, not the file itself: 'git lfs pull' fetches that"));

    private FileKind() {
    }

    /**
     * What the file looks like, with its article: {@code "a PNG picture"}; nothing where no kind is
     * recognised.
     *
     * @throws IOException if it can't be read
     */
    public static Optional<String> of(Path file) throws IOException {
        InputFile.check(file);
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(HEAD));
        }
    }

    /**
     * {@link #of(Path)} of a file's first bytes.
     *
     * @param head 512 bytes, or the whole file
     */
    public static Optional<String> of(byte[] head) {
        if (head.length == 0) {
            return Optional.of("empty (0 bytes)");
        }
        for (Signature signature : SIGNATURES) {
            if (signature.matches(head)) {
                return Optional.of(signature.name());
            }
        }
        return text(head);
    }

    private static Optional<String> text(byte[] head) {
        CharBuffer chars = CharBuffer.allocate(head.length);
        // a character may be cut at the end of the head
        if (StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(head), chars, head.length < HEAD).isError()) {
            return Optional.empty();
        }
        String text = chars.flip().toString();
        if (text.chars()
                .anyMatch(c -> c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f')) {
            return Optional.empty();
        }
        String begin = text.stripLeading().toLowerCase(Locale.ROOT);
        if (begin.startsWith("<!doctype html") || begin.startsWith("<html")) {
            return Optional.of("a web page");
        }
        if (begin.startsWith("<svg") || begin.startsWith("<?xml") && begin.contains("<svg")) {
            return Optional.of("an SVG drawing");
        }
        return Optional.of(begin.startsWith("{") ? "JSON text" : "text");
    }
}
