package dev.sepconv.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads files that NumPy wrote (make.py beside them says how) and has NumPy read ours, where it is
 * installed.
 */
class NpyTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"float32 |", "version1 |", "version2 |", "version3 |",
            "float32_big_endian | float32_big_endian: big-endian converted to little-endian",
            "float32_fortran | Fortran order converted to C order",
            "float64 | float64 converted to float32", "float16 | float16 converted to float32",
            "float64_big_endian_fortran | float64, big-endian, Fortran order converted to float32, little-endian, C order"})
    void readsWhatNumpyWrote(String name, String conversion) throws IOException {
        Path file = resource(name);
        float[] expected = new float[24];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (i - 7.25f) / 2;
        }
        NpyHeader header = Npy.readHeader(file);
        assertEquals(List.of(2, 3, 4), header.shape());
        assertEquals(24, header.elements());
        assertEquals(conversion == null ? null : conversion.replace(name + ": ", ""),
                header.conversion().orElse(null));
        assertArrayEquals(expected, Npy.read(file));
    }

    @ParameterizedTest
    @CsvSource({"int8,255", "int16,65535", "int32,4294967295", "int64,18446744073709551615"})
    void readsIntegersWithAndWithoutSign(String name, String largest) throws IOException {
        assertArrayEquals(new float[]{-3, -2, -1, 0, 1, 2}, Npy.read(resource(name)));
        float top = Float.parseFloat(largest);
        float[] unsigned = Npy.read(resource("u" + name));
        assertArrayEquals(new float[]{top - 2, top - 1, top, 0, 1, 2}, unsigned, 0);
    }

    @Test
    void readsBools() throws IOException {
        assertArrayEquals(new float[]{0, 0, 0, 0, 1, 1}, Npy.read(resource("bool")));
    }

    @Test
    void letsNanAndInfinitiesThrough() throws IOException {
        assertArrayEquals(new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
                -0f, Float.MIN_VALUE}, Npy.read(resource("nan_and_infinities")));
    }

    @Test
    void readsArraysOfOneAndOfNoNumbers() throws IOException {
        assertEquals(List.of(), Npy.readHeader(resource("one_number")).shape());
        assertArrayEquals(new float[]{3.5f}, Npy.read(resource("one_number")));
        assertEquals(List.of(2, 0, 3), Npy.readHeader(resource("no_numbers")).shape());
        assertEquals(0, Npy.read(resource("no_numbers")).length);
    }

    @ParameterizedTest
    @CsvSource({"complex64,complex numbers", "text,text", "dates,dates or times",
            "structured,structured", "objects,Python objects"})
    void refusesWhatIsNoNumber(String name, String said) throws IOException {
        Path file = resource(name);
        String message = assertThrows(IllegalArgumentException.class, () -> Npy.read(file))
                .getMessage();
        assertTrue(message.startsWith(file.toString()) && message.contains(said), message);
    }

    @Test
    void refusesBytesAfterTheArray() throws IOException {
        assertDamaged(Files.readAllBytes(resource("two_arrays")),
                "has more than one array or is damaged");
    }

    @Test
    void refusesFilesCutShortAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(resource("float32"));
        assertDamaged(new byte[0], "is empty");
        for (int length = 1; length < whole.length; length++) {
            assertDamaged(Arrays.copyOf(whole, length), "cut short");
        }
    }

    @Test
    void refusesWhatIsNoNpyFile() throws IOException {
        assertDamaged("hello, world".getBytes(StandardCharsets.US_ASCII), "is no NumPy .npy file");
        assertDamaged("x".getBytes(StandardCharsets.US_ASCII), "is no NumPy .npy file");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "(99999, 99999, 99999) | needs 3999880001199996 bytes, 4 are there",
            "(2147483647, 2147483647, 2147483647, 2147483647, 2147483647) | bytes, 4 are there",
            "(99999999999999999999999999,) | bytes, 4 are there",
            "(0, 1) | more than one array or is damaged",
            "(-1,) | is damaged: its header gives the shape as (-1,)",
            "(-1, -1) | is damaged: its header gives the shape",
            "(1.0,) | is damaged: its header gives the shape",
            "(,) | is damaged: its header gives the shape",
            "(1,,1) | is damaged: its header gives the shape",
            "[1] | its header is not what NumPy writes"})
    void refusesShapesThatCantBe(String shape, String said) throws IOException {
        assertDamaged(
                file("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }".formatted(shape)),
                said);
    }

    @Test
    void readsAnyNumberOfDimensions() throws IOException {
        Path file = folder.resolve("deep.npy");
        Files.write(file, file("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }"
                .formatted("1,".repeat(4900))));
        assertEquals(4900, Npy.readHeader(file).shape().size());
    }

    @Test
    void takesDimensionsAsPython2WroteThem() throws IOException {
        Path file = folder.resolve("python2.npy");
        Files.write(file,
                file("{'shape': (1L, 1L), 'fortran_order': False, \"descr\": \"<f4\"}\n"));
        assertEquals(List.of(1, 1), Npy.readHeader(file).shape());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{'descr': '<f4', 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}"})
    void refusesOtherHeaders(String header) throws IOException {
        assertDamaged(file(header), "its header is not what NumPy writes");
    }

    @Test
    void refusesUnknownFormatVersionsAndEndlessHeaders() throws IOException {
        byte[] bytes = Files.readAllBytes(resource("version2"));
        byte[] version = bytes.clone();
        version[6] = 4;
        assertDamaged(version, "has .npy format version 4");
        byte[] endless = bytes.clone();
        endless[11] = (byte) 0xFF;
        assertDamaged(endless, "claims a header of 4278190");
    }

    @Test
    void refusesFoldersAndMissingFiles() {
        assertThrows(IOException.class, () -> Npy.read(folder));
        assertThrows(java.nio.file.NoSuchFileException.class,
                () -> Npy.read(folder.resolve("missing.npy")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "7", "2,3,4", "1,17,127,131", "5,0"})
    void readsBackWhatItWrote(String dimensions) throws IOException {
        List<Integer> shape = dimensions.isEmpty()
                ? List.of()
                : Arrays.stream(dimensions.split(",")).map(Integer::valueOf).toList();
        float[] data = random(shape.stream().reduce(1, (a, b) -> a * b));
        Path file = folder.resolve("y.npy");
        Npy.write(file, shape, data);
        NpyHeader header = Npy.readHeader(file);
        assertEquals(shape, header.shape());
        assertEquals(0, header.dataOffset() % 64);
        assertTrue(header.conversion().isEmpty());
        assertArrayEquals(data, Npy.read(file));
    }

    @Test
    void replacesAFileAndLeavesNothingElse() throws IOException {
        Path file = folder.resolve("y.npy");
        Files.writeString(file, "old");
        Npy.write(file, List.of(1), new float[]{1});
        assertArrayEquals(new float[]{1}, Npy.read(file));
        assertEquals(List.of(file), list());
    }

    @Test
    void leavesTheOldFileWhenWritingFails() throws IOException {
        Path file = folder.resolve("y.npy");
        Files.writeString(file, "old");
        IOException thrown = assertThrows(IOException.class, () -> AtomicFile.write(file, out -> {
            out.write(new byte[1 << 20]);
            throw new IOException("No space left on device");
        }));
        assertEquals(file + ": No space left on device", thrown.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), list());
    }

    @Test
    void writesThroughASymbolicLink() throws IOException {
        Path file = Files.writeString(folder.resolve("real.npy"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.npy"), file);
        Npy.write(link, List.of(1), new float[]{1});
        assertTrue(Files.isSymbolicLink(link));
        assertArrayEquals(new float[]{1}, Npy.read(file));
    }

    @Test
    void numpyReadsWhatWeWrote() throws IOException, InterruptedException {
        assumeTrue(python("import numpy") == 0, "python3 with numpy is not installed");
        Path file = folder.resolve("y.npy");
        float[] data = random(2 * 3 * 5 * 7);
        data[1] = Float.NaN;
        data[2] = Float.NEGATIVE_INFINITY;
        Npy.write(file, List.of(2, 3, 5, 7), data);
        // back through NumPy as float64, big-endian, Fortran order: every number is still the same
        Path back = folder.resolve("back.npy");
        assertEquals(0,
                python("""
                        import numpy as np, sys
                        a = np.load(sys.argv[1])
                        assert a.dtype == np.dtype('<f4') and a.shape == (2, 3, 5, 7) and a.flags.c_contiguous, (a.dtype, a.shape)
                        np.save(sys.argv[2], np.asfortranarray(a.astype('>f8')))
                        """,
                        file.toString(), back.toString()));
        assertArrayEquals(data, Npy.read(back));
    }

    private static int python(String program, String... args)
            throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("python3", "-c", program));
        command.addAll(Arrays.asList(args));
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT).start().waitFor();
        } catch (IOException e) {
            return -1; // there is no python3
        }
    }

    private void assertDamaged(byte[] bytes, String said) throws IOException {
        Path file = folder.resolve("bad.npy");
        Files.write(file, bytes);
        String message = assertThrows(IOException.class, () -> Npy.read(file)).getMessage();
        assertTrue(message.startsWith(file.toString()) && message.contains(said), message);
    }

    /** A file of one number with that header. */
    private static byte[] file(String header) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[]{(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(),
                (byte) (header.length() >> 8)});
        bytes.write(header.getBytes(StandardCharsets.ISO_8859_1));
        bytes.write(new byte[4]);
        return bytes.toByteArray();
    }

    private Path resource(String name) throws IOException {
        Path copy = folder.resolve(name + ".npy");
        if (!Files.exists(copy)) {
            try (InputStream in = NpyTest.class.getResourceAsStream("npy/" + name + ".npy")) {
                Files.copy(in, copy);
            }
        }
        return copy;
    }

    private List<Path> list() throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static float[] random(int count) {
        Random random = new Random(42);
        float[] data = new float[count];
        for (int i = 0; i < count; i++) {
            data[i] = random.nextFloat();
        }
        return data;
    }
}
