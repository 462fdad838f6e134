import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui';

/** How the API page looks and starts: swagger-ui's own, without its logo, and readable on a phone. */

const style = `
.dark-mode body { background: #1c2022 }
.swagger-ui .topbar { padding: 4px 0 }
.swagger-ui .topbar .download-url-wrapper { display: none }
.swagger-ui .topbar .topbar-wrapper { flex-flow: row nowrap; justify-content: space-between }
.dark-mode .swagger-ui .examples-select__section-label { color: #e4e6e6 }
.swagger-ui .info { margin: 24px 0 }
.swagger-ui .scheme-container { padding: 16px 0; margin-bottom: 8px }
.swagger-ui .opblock .opblock-summary-path { overflow-wrap: anywhere }
.swagger-ui .markdown table { display: block; overflow-x: auto }
@media (max-width: 700px) {
  .swagger-ui .wrapper { padding: 0 12px }
  .swagger-ui .info .title { font-size: 28px }
  .swagger-ui .opblock-tag { flex-wrap: wrap; font-size: 20px }
  .swagger-ui .opblock-tag small { padding: 0; flex: 1 0 100%; order: 2 }
  .swagger-ui .opblock .opblock-summary-control { flex-wrap: wrap; row-gap: 4px; min-width: 0 }
  .swagger-ui .opblock .opblock-summary-method { min-width: 64px; padding: 4px 0; font-size: 12px }
  .swagger-ui .opblock .opblock-summary-path { max-width: calc(100% - 80px); font-size: 14px }
  .swagger-ui .opblock .opblock-summary-description { flex: 1 0 100%; padding: 0 8px }
  .swagger-ui .opblock .opblock-section-header { flex-wrap: wrap; gap: 8px; padding: 8px 12px }
  .swagger-ui .opblock-body table.parameters,
  .swagger-ui .opblock-body table.parameters tbody,
  .swagger-ui .opblock-body table.parameters tr,
  .swagger-ui .opblock-body table.parameters td { display: block; width: auto }
  .swagger-ui .opblock-body table.parameters thead { display: none }
  .swagger-ui .opblock-body table.parameters td { padding: 4px 0 }
  .swagger-ui .responses-table,
  .swagger-ui .responses-table tbody,
  .swagger-ui .responses-table tr,
  .swagger-ui .responses-table td { display: block; width: auto }
  .swagger-ui .responses-table thead,
  .swagger-ui .responses-table td.response-col_links { display: none }
  .swagger-ui .responses-table td.response-col_status { padding-bottom: 0 }
  .swagger-ui .opblock-body input, .swagger-ui .opblock-body select { max-width: 100%; min-width: 0 }
  .swagger-ui .opblock-body pre { max-width: calc(100vw - 90px); overflow-x: auto }
  .swagger-ui .responses-inner, .swagger-ui .table-container { padding: 12px }
  .swagger-ui .dialog-ux .modal-ux { min-width: 0; width: calc(100% - 24px) }
}
`;

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 40" width="210" height="40">
<text x="0" y="28" font-family="system-ui,sans-serif" font-size="24" font-weight="600" fill="#fff">Doublecheck</text></svg>`;

export const pageLook = {
  theme: {
    title: 'Doublecheck API',
    css: [{ filename: 'doublecheck.css', content: style }],
  },
  logo: { type: 'image/svg+xml', content: Buffer.from(logo) },
  uiConfig: {
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    defaultModelExpandDepth: 3,
    displayRequestDuration: true,
    plugins: [downloads, withoutLogo],
  },
} satisfies FastifySwaggerUiOptions;

declare const SwaggerUIBundle: { plugins: { DownloadUrl: { components?: object } } };

/** Both run in the browser. This one is there by default. */
function downloads() {
  return SwaggerUIBundle.plugins.DownloadUrl;
}

/** The logo has an inline style, which our policy refuses. */
function withoutLogo() {
  return { components: { Logo: () => null } };
}

/** The page has none of its own, and a phone would shrink it. */
export function fitToScreen(html: string): string {
  return html.replace('<head>', '<head>\n<meta name="viewport" content="width=device-width">');
}
