/** 電子公印 of the demonstration city: a square that says it is a sample (PNG, base64). Nobody's seal. */
export const DEMO_SEAL = [
  "iVBORw0KGgoAAAANSUhEUgAAAHcAAAB3CAIAAAC2W0jdAAADeklEQVR42u2dUXLDMAhEc47c/zi9U/rbmcYYlkUCaxn/dJI48jNGaEXo6yOrt5",
  "cQiLIoyzDKP++3DuIhyqIsyjrIlDVrRU2URVmUZaIsykOIdKfsHyV8Sf6PRL9iGGU4i4yOG7g8mPLVS/b5aymzYBE/CAz+75+Yr4ynTH+cbYJf",
  "B3w65fyZRZkf9/+/34begvL22Y8VlFtTHhGXRXlpXP56TlEmRyQPPsVlZqy4Gp7yZQLl27EpLuPqyteXPGG6hY5RRDkfwaLCUzJAPYpyVOIhPj",
  "o71aIFs5/HK6spN8ox/LJA5rKN8GqLlhWFAItUfCdlonMZsz+2V5B/7Mp3pJxZPfcR/n+PiYpoUufrQjm/o0G5kbYXw7tcfMpwAr9gOopCsVeA",
  "LShHp2NKxKQ8f4bzhoJ1FWVjCeAJqZQZCZi7bodNGUn5qoSVDGFO5Iwz0ZRmQ77sXCblla3kDIEt3iiXnKIcvQ2wb7JUNyBM2e/Zk8k9xrh5oS",
  "gX3iRRFmVRlokyH9PplEtH2HFHaqK7yZcXUc4suDbs+82lXLEddQrlkI7olEBDKuvzKcMiV/faojVZJ7EYIQN0p4rffDngydL8lG9D00GUQ5Ib",
  "vNdzHGVWBYXznEfkGAsQwxs9z6RcV38uyuWIPaCPiBiUQCHlswRxxaatlM/V+slIykBhWJ+15VTKCwZ2or581bxClFskaqIcixWLR3IQZaPRjS",
  "hXXWdFMgBTfkgmB2s3ecSh2tknRAxKnluRKZ+lFlU4snSMGSbKoizKMlE+lfLomzSmsra0m6EoF/qyXelDvB9jVtj0+mK7c2+RM2K3cBjlaCuB",
  "imYtQDxpRBn+wb/zWzLlQmN0jHzfkNBuMfdhajH7LXCHJpSb5stEYawn5c0ddWw3b0gZmN82d9S5zbeIlJ21GZT2KB2rXogt2aK9vpOUgfxkmy",
  "/ftmRj5cueTn3PpOxsydYwLo+kfDXQiv+jdRblaOM7UU41XHTOXcRGWEdQDrUXDJ1clO9Fn6sco88KewxlP6OrjuJRys7UBf41djvKcLVgxk9D",
  "LXxZlJPtRlOaHPA1mX0d/92iU4ZnlEl7JRl/L6K8WZPrQDnfMjVz2oMoJ21MLX5pjyxRrr1+UQ57IgvHp5mpGlGURVkmyqIsyh7KOlgFBaIsyq",
  "Ksg0NZs5lyjLGUZUUmyqL8FPsFNAACtwYwDGoAAAAASUVORK5CYII=",
].join("");
