{{- define "doublecheck.labels" -}}
{{ include "doublecheck.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "doublecheck.selector" -}}
app.kubernetes.io/name: doublecheck
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "doublecheck.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* What the service and the migrations have in common: a pod that owns nothing and may nothing. */}}
{{- define "doublecheck.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
volumes:
  - name: secrets
    secret:
      secretName: {{ .Values.secrets.name }}
      defaultMode: 0440
{{- with .Values.extraCertificates }}
  - name: certificates
    configMap: { name: {{ . }} }
{{- end }}
{{- end }}

{{- define "doublecheck.container" -}}
image: {{ include "doublecheck.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
env:
{{- range $name, $value := .Values.settings }}
  - { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- range .Values.secrets.settings }}
  - { name: {{ . }}_FILE, value: /run/secrets/doublecheck/{{ . }} }
{{- end }}
{{- with .Values.secrets.googleCredentials }}
  - { name: GOOGLE_APPLICATION_CREDENTIALS, value: /run/secrets/doublecheck/{{ . }} }
{{- end }}
{{- if .Values.extraCertificates }}
  - { name: NODE_EXTRA_CA_CERTS, value: /run/certificates/ca.crt }
{{- end }}
volumeMounts:
  - { name: secrets, mountPath: /run/secrets/doublecheck, readOnly: true }
{{- if .Values.extraCertificates }}
  - { name: certificates, mountPath: /run/certificates, readOnly: true }
{{- end }}
{{- end }}
