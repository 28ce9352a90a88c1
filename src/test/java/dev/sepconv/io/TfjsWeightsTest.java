package dev.sepconv.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.Models;
import dev.sepconv.NdArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TfjsWeightsTest {

    @TempDir
    Path folder;

    private Path manifest(String json) throws IOException {
        return Files.writeString(folder.resolve("m-weights_manifest.json"),
                json.replace('\'', '"'));
    }

    private void shard(String name, int bytes) throws IOException {
        Files.write(folder.resolve(name), new byte[bytes]);
    }

    @Test
    void readsEveryStorageAcrossShards() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f)
                .putFloat(-2).put((byte) 0).put((byte) 255).put((byte) 128).putShort((short) 1)
                .putShort((short) 65535).putInt(-7).put((byte) 3)
                .putShort(Float.floatToFloat16(0.25f)).flip();
        byte[] all = new byte[bytes.remaining()];
        bytes.get(all);
        // cut within a float, where TensorFlow.js cuts too
        Files.write(folder.resolve("shard1"), Arrays.copyOf(all, 6));
        Files.write(folder.resolve("shard2"), Arrays.copyOfRange(all, 6, all.length));
        Map<String, NdArray> arrays = TfjsWeights.read(manifest(
                """
                        [{'paths': ['shard1', 'shard2'], 'weights': [
                          {'name': 'f', 'shape': [1, 2], 'dtype': 'float32'},
                          {'name': 'u8', 'shape': [3], 'dtype': 'float32', 'quantization': {'dtype': 'uint8', 'scale': 0.1, 'min': -1}},
                          {'name': 'u16', 'shape': [2, 1, 1], 'dtype': 'float32',
                           'quantization': {'dtype': 'uint16', 'scale': 0.5, 'min': 2}},
                          {'name': 'i', 'shape': [], 'dtype': 'int32'},
                          {'name': 'q', 'shape': [1], 'dtype': 'int32', 'quantization': {'dtype': 'uint8', 'scale': 1, 'min': 5118}},
                          {'name': 'h', 'shape': [1], 'dtype': 'float32', 'quantization': {'dtype': 'float16'}}]}]"""));
        assertEquals(List.of("f", "u8", "u16", "i", "q", "h"), List.copyOf(arrays.keySet()));
        assertEquals(Dims.of(1, 2), arrays.get("f").dims());
        assertArrayEquals(new float[]{1.5f, -2}, arrays.get("f").data());
        assertArrayEquals(new float[]{-1, (float) (255 * 0.1 - 1), (float) (128 * 0.1 - 1)},
                arrays.get("u8").data());
        assertEquals(Dims.of(2, 1, 1), arrays.get("u16").dims());
        assertArrayEquals(new float[]{2.5f, 32769.5f}, arrays.get("u16").data());
        assertEquals(0, arrays.get("i").dims().rank());
        assertArrayEquals(new float[]{-7}, arrays.get("i").data());
        assertArrayEquals(new float[]{5121}, arrays.get("q").data());
        assertArrayEquals(new float[]{0.25f}, arrays.get("h").data());
    }

    @Test
    void readsGroupsAndWholeModels() throws IOException {
        shard("a", 4);
        Files.createDirectory(folder.resolve("below"));
        shard("below/b", 8);
        Map<String, NdArray> arrays = TfjsWeights.read(manifest(
                """
                        {'modelTopology': {}, 'weightsManifest': [
                          {'paths': ['a'], 'weights': [{'name': 'x', 'shape': [1], 'dtype': 'float32'}]},
                          {'paths': ['below/b'], 'weights': [{'name': 'y', 'shape': [2], 'dtype': 'float32'}]}]}"""));
        assertEquals(List.of("x", "y"), List.copyOf(arrays.keySet()));
    }

    @Test
    void readsMoreThanOneChunk() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * 40_000).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 40_000; i++) {
            bytes.putFloat(i);
        }
        Files.write(folder.resolve("a"), bytes.array());
        float[] read = TfjsWeights.read(manifest(
                "[{'paths': ['a'], 'weights': [{'name': 'x', 'shape': [40000], 'dtype': 'float32'}]}]"))
                .get("x").data();
        for (int i = 0; i < read.length; i++) {
            assertEquals(i, read[i]);
        }
    }

    @Test
    void bringsFiltersIntoOurOrder() {
        // [R, S, C, K] = [1, 2, 2, 3]: the number says tap, channel, filter
        NdArray filters = NdArray.of(Dims.of(1, 2, 2, 3), 0, 1, 2, 10, 11, 12, 100, 101, 102, 110,
                111, 112);
        NdArray standard = TfjsWeights.oihw(filters, false);
        assertEquals(Dims.of(3, 2, 1, 2), standard.dims());
        assertArrayEquals(new float[]{0, 100, 10, 110, 1, 101, 11, 111, 2, 102, 12, 112},
                standard.data());
        NdArray depthwise = TfjsWeights.oihw(filters, true);
        assertEquals(Dims.of(6, 1, 1, 2), depthwise.dims());
        assertArrayEquals(new float[]{0, 100, 1, 101, 2, 102, 10, 110, 11, 111, 12, 112},
                depthwise.data());
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> TfjsWeights.oihw(NdArray.zeros(Dims.of(3)), false)).getMessage()
                .contains("[3]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"',
            value = {"[4] | float32 | ../s | must lie in the manifest's own folder",
                    "[4] | float32 | /etc/hostname | must lie in the manifest's own folder",
                    "[4] | float32 | . | must lie in the manifest's own folder",
                    "[4] | float32 | s\\u0000 | the manifest's own folder",
                    "[4] | float32 | none | it is not there",
                    "[4] | float32 | below | is no regular file",
                    "[5] | float32 | s | needs 20 bytes for 1 array; s has 16",
                    "[3] | float32 | s | needs 12 bytes for 1 array; s has 16",
                    "[4] | string | s | is of type 'string'; it must be float32 or int32",
                    "[4] | bool | s | is of type 'bool'; it must be float32 or int32",
                    "[99999, 99999] | float32 | s | is too large; one tensor may have at most",
                    "[2147483647, 2] | float32 | s | is too large; one tensor may have at most",
                    "[99999999999] | float32 | s | each size must be a whole number from 1",
                    "[0] | float32 | s | each size must be a whole number from 1",
                    "[-4] | float32 | s | each size must be a whole number",
                    "[1.5] | float32 | s | each size must be a whole number",
                    "['4'] | float32 | s | each size must be a whole number",
                    "4 | float32 | s | has no shape"})
    void refuses(String shape, String type, String path, String said) throws IOException {
        shard("s", 16);
        Files.createDirectory(folder.resolve("below"));
        Path manifest = manifest(
                "[{'paths': ['%s'], 'weights': [{'name': 'x', 'shape': %s, 'dtype': '%s'}]}]"
                        .formatted(path, shape, type));
        refused(manifest, said);
    }

    @Test
    void refusesALinkThatLeadsOut() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"),
                Path.of("pom.xml").toAbsolutePath());
        refused(manifest(
                "[{'paths': ['link'], 'weights': [{'name': 'x', 'shape': [1], 'dtype': 'float32'}]}]"),
                "must lie in the manifest's own folder");
        Files.delete(link); // JUnit warns of links that lead out of its folder
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "'dtype': 'uint4', 'scale': 1, 'min': 0 | quantised as 'uint4'",
            "'dtype': 'float32' | quantised as 'float32'", "'scale': 1, 'min': 0 | quantised as ''",
            "'dtype': 'uint8', 'min': 0 | scale missing; it must be a finite number",
            "'dtype': 'uint8', 'scale': 1 | min missing; it must be a finite number",
            "'dtype': 'uint8', 'scale': '1', 'min': 0 | scale \"1\"; it must be a finite number",
            "'dtype': 'uint8', 'scale': 1e999, 'min': 0 | it must be a finite number"})
    void refusesQuantisation(String quantization, String said) throws IOException {
        shard("s", 16);
        refused(manifest(
                "[{'paths': ['s'], 'weights': [{'name': 'x', 'shape': [4], 'dtype': 'float32', 'quantization': {%s}}]}]"
                        .formatted(quantization)),
                said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"[] | it names no arrays",
            "{} | it must be a list of groups", "[{'weights': []}] | a group has no list 'paths'",
            "[{'paths': []}] | a group has no list 'weights'",
            "[7] | a group has no list 'weights'",
            "[{'paths': [], 'weights': [{}]}] | an array has no name",
            "[{'paths': ['s'], 'weights': [{'name': 'x', | it is no JSON", "no | it is no JSON",
            "[{'paths': [], 'weights': [{'name': 'x', 'shape': [1], 'dtype': 'float32'}]}] | its 0 files together have 0",
            "[{'paths': ['s'], 'weights': [{'name': 'x', 'shape': [2], 'dtype': 'float32'}, {'name': 'x', 'shape': [2], 'dtype': 'float32'}]}] | two arrays are named 'x'"})
    void refusesDamagedManifests(String json, String said) throws IOException {
        shard("s", 16);
        refused(manifest(json), said);
    }

    @Test
    void refusesWhatIsNoFile() {
        refused(folder, "is a folder");
        assertThrows(IOException.class, () -> TfjsWeights.read(folder.resolve("none.json")));
    }

    private static void refused(Path manifest, String said) {
        Exception thrown = assertThrows(Exception.class, () -> TfjsWeights.read(manifest));
        assertTrue(thrown instanceof IOException || thrown instanceof IllegalArgumentException,
                thrown.toString());
        assertTrue(thrown.getMessage().contains(said), thrown.getMessage());
        assertFalse(thrown.getMessage().contains("\n"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains(manifest.getFileName().toString()),
                thrown.getMessage());
    }

    @Test
    void readsTinyXception() throws IOException {
        Map<String, NdArray> arrays = TfjsWeights.read(Models.fetched(Models.TINY_XCEPTION));
        assertEquals(Dims.of(3, 3, 3, 32), arrays.get("entry_flow/conv_in/filters").dims());
        assertEquals(Dims.of(512, 2), arrays.get("fc/gender/weights").dims());
        assertEquals(13,
                arrays.keySet().stream().filter(name -> name.endsWith("depthwise_filter")).count());
    }

    @Test
    void readsMobileNet() throws IOException {
        Map<String, NdArray> arrays = TfjsWeights.read(Models.fetched(Models.MOBILENET_V1_SSD));
        assertEquals(Dims.of(3, 3, 1024, 1),
                arrays.get("MobilenetV1/Conv2d_13_depthwise/depthwise_weights").dims());
        assertEquals(Dims.of(1, 5118, 4), arrays.get("Output/extra_dim").dims());
        assertArrayEquals(new float[]{5118}, arrays.get("Postprocessor/stack/1").data());
    }
}
