/**
 * Pictures as networks want them, and what networks say about them:
 * {@link dev.sepconv.picture.Preparation} makes a tensor of a picture and a picture of a tensor,
 * {@link dev.sepconv.picture.TopK} and {@link dev.sepconv.picture.Ctc} name what came out,
 * {@link dev.sepconv.picture.ModelCard} is what is known of a model's file. Files are decoded by
 * {@link dev.sepconv.io.Images}.
 */
package dev.sepconv.picture;
