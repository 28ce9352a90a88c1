package dev.sepconv.spark;

import dev.sepconv.bulk.AnswerReader;
import dev.sepconv.bulk.ModelSource;
import dev.sepconv.picture.Preparation;
import java.io.Serializable;
import java.util.UUID;

/**
 * What every executor must know.
 *
 * @param pictures whether pictures go in; else arrays
 * @param engine an engine's name; null for the best that an executor has
 * @param device a device's id, backend or part of its name; null for the one that Spark gives a
 * task, or else the best
 * @param batch how many go through the network at once; null for what suits the device
 * @param values whether rows have all numbers of the outputs
 * @param key another one for all settings that differ
 */
record InferenceSettings(ModelSource model, boolean pictures, Preparation preparation,
        AnswerReader answers, String engine, String device, Integer batch, boolean values,
        String key) implements Serializable {

    /** Pictures on the best device of each executor. */
    static InferenceSettings of(ModelSource model, Preparation preparation, AnswerReader answers) {
        return new InferenceSettings(model, true, preparation, answers, null, null, null, false,
                newKey());
    }

    private static String newKey() {
        return UUID.randomUUID().toString();
    }

    InferenceSettings on(String otherEngine, String otherDevice) {
        return new InferenceSettings(model, pictures, preparation, answers, otherEngine,
                otherDevice, batch, values, newKey());
    }

    InferenceSettings withBatch(int other) {
        return new InferenceSettings(model, pictures, preparation, answers, engine, device, other,
                values, newKey());
    }

    InferenceSettings withValues() {
        return new InferenceSettings(model, pictures, preparation, answers, engine, device, batch,
                true, newKey());
    }

    /** The same for arrays: with the same key each time, so that executors open it once. */
    InferenceSettings ofArrays() {
        return new InferenceSettings(model, false, preparation, answers, engine, device, batch,
                values, key + " arrays");
    }
}
