package dev.sepconv.engine;

import dev.sepconv.Device;
import java.util.ArrayList;
import java.util.List;

/**
 * What one device has, and what its last run took.
 *
 * @param count of images, groups, filters or rows; 0 if it is too slow for one
 * @param of all devices together
 * @param units what is counted: {@code images}, {@code groups}, {@code filters}, {@code rows}
 * @param millis how long it computed, with what its driver copies
 * @param copyMillis how long its share was cut out and put into its place in the host's memory
 * @param bytesIn what it read of the host's memory, weights not counted
 * @param bytesOut what it wrote there
 * @param bytesOfOthers how much of {@code bytesIn} other devices had made
 */
public record DeviceShare(Device device, int count, int of, String units, double millis,
        double copyMillis, long bytesIn, long bytesOut, long bytesOfOthers) {

    /** For people. */
    static String text(List<DeviceShare> shares) {
        List<String> words = new ArrayList<>();
        for (DeviceShare share : shares) {
            String rest = share.count == 0
                    ? ""
                    : " (%.2f ms, %.2f ms of copying, %s in%s, %s out)".formatted(share.millis,
                            share.copyMillis, size(share.bytesIn),
                            share.bytesOfOthers == 0
                                    ? ""
                                    : ", %s of it made by others"
                                            .formatted(size(share.bytesOfOthers)),
                            size(share.bytesOut));
            words.add("%d%s on %s%s".formatted(share.count,
                    words.isEmpty() ? " of %d %s".formatted(share.of, share.units) : "",
                    share.device.id(), rest));
        }
        return String.join(", ", words);
    }

    private static String size(long bytes) {
        return bytes < 1 << 20
                ? "%.1f KiB".formatted(bytes / 1024.0)
                : "%.2f MiB".formatted(bytes / 1048576.0);
    }
}
