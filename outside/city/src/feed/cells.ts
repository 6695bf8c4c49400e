/** A text that may hold a space or a comma, quoted as RFC 4180 allows; readers must cope with both forms. */
export const quoted = (text: string): string => (/[\u3000",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
