package dev.sepconv.survey;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Device;
import dev.sepconv.survey.Survey.Cell;
import java.util.List;
import java.util.Optional;

/**
 * What a child process tells its parent: a line that starts with {@value #MARK} among those that
 * drivers print.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "message")
@JsonSubTypes({@JsonSubTypes.Type(value = Message.Listed.class, name = "listed"),
        @JsonSubTypes.Type(value = Message.Refused.class, name = "refused"),
        @JsonSubTypes.Type(value = Message.Begun.class, name = "begun"),
        @JsonSubTypes.Type(value = Message.PeaksMeasured.class, name = "peaks"),
        @JsonSubTypes.Type(value = Message.Done.class, name = "done")})
sealed interface Message {

    String MARK = "@sepconv-survey ";
    ObjectMapper JSON = new ObjectMapper();

    /** The devices of the engine; the parent asked for no more. */
    record Listed(List<Found> devices) implements Message {
    }

    /** The engine or the device can't be opened. */
    record Refused(String sentence) implements Message {
    }

    /** From now on this is what a crash or a hang is the fault of; null for the peaks. */
    record Begun(String work) implements Message {
    }

    /** What the device does at most. */
    record PeaksMeasured(double gflops, double gigabytesPerSecond) implements Message {
    }

    record Done(Cell cell) implements Message {
    }

    /**
     * A device that was found.
     *
     * @param driver null where it has none
     * @param tornadoVm the version; null for another engine's
     */
    record Found(Device device, String driver, String tornadoVm) {
    }

    /** On a line of its own, whatever a driver has printed before. */
    default String line() {
        try {
            return "\n" + MARK + JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a message can't be written as JSON: " + this, e);
        }
    }

    /** The message on a line; empty if there is none, or only a part of one. */
    static Optional<Message> read(String line) {
        int at = line.indexOf(MARK);
        if (at < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(line.substring(at + MARK.length()), Message.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
