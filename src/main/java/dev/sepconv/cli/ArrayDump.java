package dev.sepconv.cli;

import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Arrays of a network as files: {@code --dump} and {@code --output}. */
final class ArrayDump {

    static final String INDEX = "index.json";

    private ArrayDump() {
    }

    private record Dumped(String array, String node, String kind, List<Integer> shape,
            String file) {
    }

    /** All arrays that nodes make from what goes in. */
    static List<String> arrays(Network network) {
        return network.nodes().stream().filter(node -> !(node.op() instanceof Op.Constant))
                .map(Node::output).toList();
    }

    /** Writes them and an index; says how many. */
    static int write(Path folder, Network network, Map<String, NdArray> results)
            throws IOException {
        Files.createDirectories(folder);
        List<Dumped> index = new ArrayList<>();
        for (Node node : network.nodes()) {
            NdArray array = results.get(node.output());
            if (array != null) {
                String name = node.output().replaceAll("[^A-Za-z0-9._-]", "_");
                // numbered, so that names that differ in other signs alone stay apart; a file's
                // name may not be endless
                String file = "%04d-%s.npy".formatted(index.size(),
                        name.substring(Math.max(0, name.length() - 100)));
                write(folder.resolve(file), array);
                index.add(new Dumped(node.output(), node.name(), node.op().label(),
                        array.dims().sizes(), file));
            }
        }
        AtomicFile.write(folder.resolve(INDEX), out -> out.write(JsonOption.bytes(index)));
        return index.size();
    }

    /** Writes one array. */
    static void write(Path file, NdArray array) throws IOException {
        Npy.write(file, array.dims().sizes(), array.data());
    }
}
