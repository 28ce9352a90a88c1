package dev.sepconv.engine;

import dev.sepconv.kernel.Storage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gives arrays their memory: two share it if the last step that touches the one comes before the first that touches the other. The
 * largest are placed first, each in the fullest place that it fits into (best fit by size).
 */
final class ArrayPlan {

    private ArrayPlan() {
    }

    private static final class Place {
        private final List<NetworkArray> arrays = new ArrayList<>();
        private int floats;
        private int tail;

        boolean isFree(NetworkArray array) {
            return arrays.stream()
                    .allMatch(other -> other.lastStep() < array.firstStep() || array.lastStep() < other.firstStep());
        }

        void add(NetworkArray array) {
            arrays.add(array);
            floats = Math.max(floats, array.floats());
            tail = Math.max(tail, 2 * array.pixelFloats());
        }
    }

    /** Makes memory for these arrays and gives it to them; the result is all of it, each once. */
    static List<Storage> place(List<NetworkArray> arrays) {
        List<Storage> made = new ArrayList<>();
        for (boolean vectors : new boolean[]{false, true}) {
            List<Place> places = new ArrayList<>();
            arrays.stream().filter(array -> array.isVectors() == vectors)
                    .sorted(Comparator.comparingInt(NetworkArray::floats).reversed()).forEach(array -> {
                        Place place = places.stream().filter(candidate -> candidate.isFree(array))
                                .min(Comparator.comparingInt(candidate -> candidate.floats)).orElse(null);
                        if (place == null) {
                            place = new Place();
                            places.add(place);
                        }
                        place.add(array);
                    });
            for (Place place : places) {
                // The tail stays zero: convolutions read it where a tap is outside of the picture.
                Storage storage = vectors
                        ? Storage.vectors(Math.addExact(place.floats, place.tail))
                        : Storage.plain(place.floats);
                place.arrays.forEach(array -> array.place(storage));
                made.add(storage);
            }
        }
        return List.copyOf(made);
    }
}
