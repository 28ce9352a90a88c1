package dev.sepconv.bulk;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The networks that a model of open size is for pictures of different sizes. A few are kept, of the
 * others only the sizes: reading a model takes much longer than most pictures do.
 */
public final class SizedNetworks {

    private static final int KEPT = 4;
    /** Sizes are two numbers each. */
    private static final int KNOWN = 10_000;

    /** Reads the model for a picture. */
    public interface Reader {
        /** @param picture height and width */
        Network read(Dims picture) throws IOException;
    }

    private final Reader reader;
    private final Map<Dims, Network> networks = bounded(KEPT);
    private final Map<Dims, Dims> inputs = bounded(KNOWN);
    private final Map<Dims, Dims> pictures = bounded(KNOWN);

    public SizedNetworks(Reader reader) {
        this.reader = reader;
    }

    private static <V> Map<Dims, V> bounded(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Dims, V> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * What goes in for a picture of that size.
     *
     * @param picture height and width
     */
    public synchronized Dims input(Dims picture) throws IOException {
        Dims input = inputs.get(picture);
        if (input == null) {
            Network network = reader.read(picture);
            input = network.inputs().values().iterator().next();
            inputs.put(picture, input);
            pictures.put(input, picture);
            networks.put(input, network);
        }
        return input;
    }

    /** The network for what {@link #input} gave. */
    public synchronized Network network(Dims input) throws IOException {
        Network network = networks.get(input);
        if (network == null) {
            network = reader.read(pictures.get(input));
            networks.put(input, network);
        }
        return network;
    }
}
