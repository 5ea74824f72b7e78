import type { Schema } from '~/api/client'

export const methodWords: Record<Schema['MarkMethod'], string> = {
  singpass_qr: 'Official scan with Singpass',
  local_qr: 'Checked in by code',
  trainer: 'Marked by hand',
  import: 'From a spreadsheet',
  paper: 'From a paper sheet'
}

/** Where an official scan says otherwise, by the code a comparison with TPGateway uses. */
export const conflictWords: Partial<Record<string, string>> = {
  'ATT-02': 'TPGateway holds a scan, here it is not present.',
  'ATT-03': 'TPGateway holds a scan of what is voided here.',
  'ATT-04': 'TPGateway holds a scan of somebody without a seat.',
  'ATT-05': 'TPGateway holds a scan while present in another session.'
}
